import { makeNode, type Node, type NodeKind } from "@eddy/goyaml";

/** Whether there is nothing, or an explicit null. */
export function isMissingOrNull(node: Node | undefined): boolean {
  return node === undefined || node.tag === "!!null";
}

/** Whether a node is an explicit null. */
export function isNull(node: Node | undefined): boolean {
  return node?.tag === "!!null";
}

/** Whether there is nothing, a null, an empty mapping or an empty sequence. */
export function isNilOrEmpty(node: Node | undefined): boolean {
  return node === undefined || node.tag === "!!null" || (node.kind !== "scalar" && node.content.length === 0);
}

/** Whether there is nothing, a null or an empty mapping. */
export function isEmptyMap(node: Node | undefined): boolean {
  return node === undefined || node.tag === "!!null" || (node.kind === "mapping" && node.content.length === 0);
}

/** Whether a scalar has no type but string. */
export function isStringNode(node: Node): boolean {
  return node.kind === "scalar" && (node.tag === "!!str" || node.tag === "");
}

/** Where a key stands in a mapping's content, or -1. The first of several counts. */
export function indexOfField(node: Node, name: string): number {
  const { content } = node;
  for (let index = 0; index < content.length; index += 2) if (content[index]?.value === name) return index;
  return -1;
}

/** The value of a mapping's key, or undefined; of anything but a mapping, undefined. */
export function field(node: Node | undefined, name: string): Node | undefined {
  if (node === undefined || node.kind !== "mapping") return undefined;
  const { content } = node;
  for (let index = 0; index < content.length; index += 2) if (content[index]?.value === name) return content[index + 1];
  return undefined;
}

/** The text of a scalar, "" for nothing and null. */
export function textOf(node: Node | undefined): string {
  return node === undefined || node.tag === "!!null" ? "" : node.value;
}

/** The names of a mapping's keys, in order; of anything else none. */
export function fieldNames(node: Node): string[] {
  const names: string[] = [];
  if (node.kind !== "mapping") return names;
  for (let index = 0; index < node.content.length; index += 2) names.push(node.content[index]?.value ?? "");
  return names;
}

/** Removes a key and its value; returns the value that was there. */
export function clearField(node: Node, name: string): Node | undefined {
  const index = indexOfField(node, name);
  return index < 0 ? undefined : node.content.splice(index, 2)[1];
}

/**
 * Makes `target` equal to `source`, keeping its identity: whoever shares the node sees the change. Upstream assigns whole
 * node structs, and labels share their value nodes, which is visible in its output.
 */
export function assignNode(target: Node, source: Node): void {
  if (target === source) return;
  const content = source.content.slice();
  Object.assign(target, source);
  target.content = content;
  if (source.alias === undefined) delete target.alias;
}

/** A deep copy without regard to aliases, which are expanded when resources are read. */
export function cloneNode(node: Node): Node {
  const { content } = node;
  const copy: Node = { ...node, content: content.length === 0 ? [] : content.map(cloneNode) };
  return copy;
}

/** A scalar whose type its text decides, as upstream's `NewScalarRNode`. */
export function plainScalar(value: string): Node {
  return makeNode("scalar", "", value);
}

/** An untagged node, as upstream makes them when it creates a missing field. */
export function emptyNode(kind: NodeKind): Node {
  return makeNode(kind, "");
}
