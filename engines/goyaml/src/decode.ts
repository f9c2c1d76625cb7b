import type { Json } from "@eddy/core/json";
import type { Node } from "./node.ts";
import { YamlError } from "./yaml-error.ts";

/**
 * The value of a node as go-yaml v3 decodes it into an empty interface and JSON then shows it: `yes`, `on`, `n` are strings,
 * duplicate keys are refused, timestamps become RFC 3339 text, integers beyond 2^53 are bigint.
 * @throws YamlError
 */
export function decode(node: Node): Json {
  throw new YamlError(`Decode a ${node.kind}: not built yet`);
}
