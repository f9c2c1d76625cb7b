import { isObject, type Json } from "@eddy/core/json";
import type { Node, NodeKind } from "./node.ts";

/** A node without content, style, comments and position. */
export function makeNode(kind: NodeKind, tag: string, value: string = ""): Node {
  return {
    kind,
    style: {},
    tag,
    value,
    anchor: "",
    content: [],
    headComment: "",
    lineComment: "",
    footComment: "",
    line: 0,
    column: 0,
  };
}

/** A string node; quoted on output where the text would otherwise read as another type. */
export function stringNode(value: string): Node {
  const node = makeNode("scalar", "!!str", value);
  if (value.includes("\n")) node.style = { block: "literal" };
  return node;
}

/** The node of a value, keys in the order of the object; `undefined` members are left out. */
export function nodeOf(value: Json): Node {
  if (value === null) return makeNode("scalar", "!!null", "null");
  if (typeof value === "string") return stringNode(value);
  if (typeof value === "boolean") return makeNode("scalar", "!!bool", String(value));
  if (typeof value === "bigint") return makeNode("scalar", "!!int", String(value));
  if (typeof value === "number") return numberNode(value);
  const node = makeNode(isObject(value) ? "mapping" : "sequence", isObject(value) ? "!!map" : "!!seq");
  if (!isObject(value)) {
    node.content = value.map(nodeOf);
    return node;
  }
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) node.content.push(stringNode(key), nodeOf(member));
  }
  return node;
}

function numberNode(value: number): Node {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return makeNode("scalar", "!!int", BigInt(value).toString());
  return makeNode("scalar", "!!float", String(value));
}
