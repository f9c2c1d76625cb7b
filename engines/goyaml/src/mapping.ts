import type { Node } from "./node.ts";
import { stringNode } from "./node-of.ts";

/** The mapping, sequence or scalar behind documents and aliases. */
export function contentOf(node: Node): Node {
  let current = node;
  for (;;) {
    const next = current.kind === "document" ? current.content[0] : current.alias;
    if (next === undefined) return current;
    current = next;
  }
}

/** The value of a key of a mapping (also behind a document or an alias), or undefined. The first wins. */
export function getField(node: Node, key: string): Node | undefined {
  const { kind, content } = contentOf(node);
  if (kind !== "mapping") return undefined;
  for (let index = 0; index + 1 < content.length; index += 2) {
    if (content[index]?.value === key && content[index]?.kind === "scalar") return content[index + 1];
  }
  return undefined;
}

/** The value at the end of a path of keys, or undefined. */
export function getPath(node: Node, path: readonly string[]): Node | undefined {
  let current: Node | undefined = node;
  for (const key of path) {
    if (current === undefined) return undefined;
    current = getField(current, key);
  }
  return current;
}

/** Replaces the value of a key, or appends key and value to the mapping. */
export function setField(node: Node, key: string, value: Node): void {
  const { content } = contentOf(node);
  for (let index = 0; index + 1 < content.length; index += 2) {
    if (content[index]?.value !== key || content[index]?.kind !== "scalar") continue;
    content[index + 1] = value;
    return;
  }
  content.push(stringNode(key), value);
}

/** Removes a key and its value; returns the value, or undefined if there was none. */
export function removeField(node: Node, key: string): Node | undefined {
  const { content } = contentOf(node);
  for (let index = 0; index + 1 < content.length; index += 2) {
    if (content[index]?.value !== key || content[index]?.kind !== "scalar") continue;
    return content.splice(index, 2)[1];
  }
  return undefined;
}

/** The key and value nodes of a mapping, in the order of the text; nothing for any other node. */
export function* fieldEntries(node: Node): Generator<[key: Node, value: Node]> {
  const { kind, content } = contentOf(node);
  if (kind !== "mapping") return;
  for (let index = 0; index + 1 < content.length; index += 2) {
    const [key, value] = [content[index], content[index + 1]];
    if (key !== undefined && value !== undefined) yield [key, value];
  }
}

/** A deep copy; an alias inside it points to the copy of its node, one outside to the original. */
export function copyNode(node: Node, copies: Map<Node, Node> = new Map<Node, Node>()): Node {
  const copy: Node = { ...node, style: { ...node.style }, content: [] };
  copies.set(node, copy);
  copy.content = node.content.map((child) => copyNode(child, copies));
  if (node.alias !== undefined) copy.alias = copies.get(node.alias) ?? node.alias;
  return copy;
}
