import { Buffer } from "node:buffer";
import { makeNode, nodeOf, type Node, sortNatural } from "@eddy/goyaml";
import { formatFloat } from "../fmt/float.ts";
import { encodeGoString } from "../value/go-string.ts";
import { type GoMap, type GoValue, isMap, Struct } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";
import { CallError } from "./call-error.ts";
import { show } from "./show.ts";
import { GoTime } from "./time/go-time.ts";

const maxDepth = 1_000;
const base64LineLength = 70;

/**
 * The node that go-yaml v3 encodes for a Go value, without the way over JSON that toYaml takes: floats may have an exponent, structs
 * have their fields in small letters, bytes that are no text are `!!binary`.
 * @throws CallError for what YAML cannot hold
 */
export function yamlNodeOf(value: GoValue, depth = 0): Node {
  if (depth > maxDepth) throw new CallError(`yaml: exceeded max depth of ${maxDepth}`);
  if (typeof value === "string") return textNode(value);
  if (typeof value === "number") return numberNode(value);
  if (typeof value === "boolean") return nodeOf(value);
  if (value === null || value === undefined) return nodeOf(null);
  if (value instanceof Integer) return value.named === undefined ? nodeOf(value.value) : nodeOf(show(value));
  if (value instanceof GoTime)
    return makeNode("scalar", "!!timestamp", value.format("2006-01-02T15:04:05.999999999Z07:00"));
  if (value instanceof Uint8Array)
    return listNode(
      Array.from(value, (byte) => byte),
      depth,
    );
  if (Array.isArray(value)) return listNode(value, depth);
  if (value instanceof Struct) return isText(value) ? textNode(show(value)) : structNode(value.fields, depth);
  if (isMap(value)) return mapNode(value, depth);
  throw new CallError("cannot marshal type: func");
}

/** Versions have a text of their own. */
function isText(value: Struct): boolean {
  return (value.type as { toJson?: unknown }).toJson !== undefined;
}

function textNode(text: string): Node {
  if (text.isWellFormed()) return nodeOf(text);
  const base64 = Buffer.from(encodeGoString(text)).toString("base64");
  if (base64.length < base64LineLength) return makeNode("scalar", "!!binary", base64);
  const lines = base64.match(new RegExp(`.{1,${base64LineLength}}`, "g")) ?? [];
  return { ...makeNode("scalar", "!!binary", `${lines.join("\n")}\n`), style: { block: "literal" } };
}

function numberNode(value: number): Node {
  if (Number.isNaN(value)) return makeNode("scalar", "!!float", ".nan");
  if (!Number.isFinite(value)) return makeNode("scalar", "!!float", value > 0 ? ".inf" : "-.inf");
  const text = formatFloat(value, "g", -1);
  return makeNode("scalar", /^-?[0-9]+$/.test(text) ? "!!int" : "!!float", text);
}

function listNode(items: readonly GoValue[], depth: number): Node {
  const node = makeNode("sequence", "!!seq");
  node.content = items.map((item) => yamlNodeOf(item, depth + 1));
  return node;
}

function mapNode(map: GoMap, depth: number): Node {
  const node = makeNode("mapping", "!!map");
  const keys = Object.keys(map);
  sortNatural(keys, 3);
  node.content = keys.flatMap((key) => [textNode(key), yamlNodeOf(map[key], depth + 1)]);
  return node;
}

function structNode(fields: GoMap, depth: number): Node {
  const node = makeNode("mapping", "!!map");
  node.content = Object.entries(fields).flatMap(([name, value]) => [
    textNode(name.toLowerCase()),
    yamlNodeOf(value, depth + 1),
  ]);
  return node;
}
