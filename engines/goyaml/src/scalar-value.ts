import { Buffer } from "node:buffer";
import type { AliasBudget } from "./alias-budget.ts";
import type { Node } from "./node.ts";
import { resolvePlain, type Resolved, resolveTagged } from "./resolve.ts";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What a scalar node holds, `!!binary` decoded to text. @throws YamlError where tag and text contradict each other */
export function resolveScalar(node: Node, version: 2 | 3, budget: AliasBudget): Resolved {
  const { tag, value, style } = node;
  const untagged = tag === "" || (version === 3 && tag === "!");
  const quoted = style.quote !== undefined || style.block !== undefined;
  if (untagged) return quoted ? { tag: "!!str", value } : resolvePlain(value, version);
  const resolved = resolveTagged(tag, value, version);
  if ("actual" in resolved) {
    throw budget.error(`yaml: cannot decode ${resolved.actual} \`${value}\` as a ${tag}`, node);
  }
  return resolved.tag === "!!binary" ? { tag: "!!binary", value: decodeBinary(node, budget) } : resolved;
}

function decodeBinary(node: Node, budget: AliasBudget): string {
  const text = node.value.replaceAll(/[\r\n]/g, "");
  if (!base64.test(text)) throw budget.error("yaml: !!binary value contains invalid base64 data", node);
  return Buffer.from(text, "base64").toString("utf8");
}
