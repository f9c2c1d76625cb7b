import { isObject, type Json } from "@eddy/core/json";
import { formatFloat } from "./go-text.ts";
import type { Node, NodeKind } from "./node.ts";
import { isOldNotation } from "./resolve.ts";

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

/**
 * The node of a value as go-yaml v3's `Node.Encode` makes it, but with keys in the order of the object; `undefined` members
 * are left out. Texts like `yes` and `1:30` are quoted, for readers of YAML 1.1.
 */
export function nodeOf(value: Json): Node {
  if (value === null) return makeNode("scalar", "!!null", "null");
  if (typeof value === "string") return textNode(value);
  if (typeof value === "boolean") return makeNode("scalar", "!!bool", String(value));
  if (typeof value === "bigint") return makeNode("scalar", "!!int", String(value));
  if (typeof value === "number") return numberNode(value);
  const node = makeNode(isObject(value) ? "mapping" : "sequence", isObject(value) ? "!!map" : "!!seq");
  if (!isObject(value)) {
    node.content = value.map(nodeOf);
    return node;
  }
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) node.content.push(textNode(key), nodeOf(member));
  }
  return node;
}

function textNode(value: string): Node {
  const node = stringNode(value);
  if (isOldNotation(value)) node.style.quote = "double";
  return node;
}

function numberNode(value: number): Node {
  if (Number.isSafeInteger(value)) return makeNode("scalar", "!!int", String(value));
  return makeNode("scalar", "!!float", formatFloat(value));
}
