import type { Node } from "@eddy/goyaml";
import { type BuildBudget, elementSize } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import { clearField, cloneNode } from "./fields.ts";

/** How many nodes one document may gain by expanding its aliases. */
const maxNodes = 250_000;

/** One document on its way. */
interface Expansion {
  root: Node;
  budget: BuildBudget;
  /** Whether it is known how much the document gains. */
  isMeasured: boolean;
  /** Anchors that are being expanded. */
  open: Set<Node>;
}

/**
 * Expands aliases and merge keys below a node, in place where it can; returns the node to use. Source: kyaml `deAnchor`.
 * @throws KustomizeError for merges of what is no mapping, and for documents that would explode, before anything is copied
 */
export function expandAliases(root: Node, budget: BuildBudget): Node {
  return expand(root, { root, budget, isMeasured: false, open: new Set() });
}

function expand(node: Node, expansion: Expansion): Node {
  node.anchor = "";
  if (node.kind === "scalar") return node;
  if (node.kind === "alias") return expandAlias(node, expansion);
  if (node.kind === "mapping") mergeInto(node, expansion);
  for (const [index, child] of node.content.entries()) {
    if (child.kind !== "scalar" || child.anchor !== "") node.content[index] = expand(child, expansion);
  }
  return node;
}

function expandAlias(node: Node, expansion: Expansion): Node {
  measure(expansion);
  return cloneNode(expandTarget(targetOf(node), expansion));
}

function targetOf(node: Node): Node {
  if (node.alias === undefined) throw new KustomizeError("expand aliases: an alias has no target");
  return node.alias;
}

function expandTarget(target: Node, expansion: Expansion): Node {
  if (expansion.open.has(target)) throw containsItself(target);
  expansion.open.add(target);
  const expanded = expand(target, expansion);
  expansion.open.delete(target);
  return expanded;
}

function containsItself(target: Node): KustomizeError {
  return new KustomizeError("expand aliases: an anchor contains itself", { position: { line: target.line } });
}

interface Size {
  nodes: number;
  /** As {@link sizeOfNode} counts. */
  written: number;
}

/** Adds up what the aliases of a document stand for, each anchor counted once, when the first alias is met. */
function measure(expansion: Expansion): void {
  if (expansion.isMeasured) return;
  expansion.isMeasured = true;
  const sizes = new Map<Node, Size>();
  const open = new Set<Node>();
  const gained: Size = { nodes: 0, written: 0 };
  const sizeOf = (node: Node): Size => {
    const known = sizes.get(node);
    if (known !== undefined) return known;
    if (open.has(node)) throw containsItself(node);
    open.add(node);
    const size: Size = { nodes: 1, written: elementSize + node.value.length };
    if (node.kind === "alias") Object.assign(size, sizeOf(targetOf(node)));
    for (const child of node.content) addTo(size, sizeOf(child));
    if (node.kind === "alias") addTo(gained, size);
    if (gained.nodes > maxNodes) throw tooMany(node);
    open.delete(node);
    sizes.set(node, size);
    return size;
  };
  sizeOf(expansion.root);
  expansion.budget.write(gained.written);
}

function addTo(total: Size, { nodes, written }: Size): void {
  total.nodes += nodes;
  total.written += written;
}

function tooMany(node: Node): KustomizeError {
  return new KustomizeError("expand aliases: the document has too many nodes when its aliases are expanded", {
    position: { line: node.line },
  });
}

function mergeInto(mapping: Node, expansion: Expansion): void {
  const merged = mergedMappings(mapping);
  if (merged === undefined) return;
  measure(expansion);
  clearField(mapping, "<<");
  const result: Node = { ...mapping, content: mapping.content.slice() };
  for (const source of [...merged, mapping]) copyFields(source, result);
  mapping.content = result.content;
}

function copyFields(source: Node, target: Node): void {
  const places = new Map<string, number>();
  for (let index = target.content.length - 2; index >= 0; index -= 2) places.set(textAt(target, index), index);
  const seen = new Set<string>();
  for (let index = 0; index + 1 < source.content.length; index += 2) {
    const name = textAt(source, index);
    const [key, value] = [source.content[index], source.content[index + 1]];
    // The first of equal keys counts.
    if (key === undefined || value === undefined || seen.has(name)) continue;
    seen.add(name);
    const at = places.get(name) ?? target.content.length;
    places.set(name, at);
    target.content.splice(at, 2, cloneNode(key), cloneNode(value));
  }
}

function textAt({ content }: Node, index: number): string {
  return content[index]?.value ?? "";
}

function mergedMappings(mapping: Node): Node[] | undefined {
  let value: Node | undefined;
  for (let index = 0; index < mapping.content.length; index += 2) {
    if (mapping.content[index]?.tag !== "!!merge") continue;
    if (value !== undefined) throw new KustomizeError("duplicate merge key", { position: { line: mapping.line } });
    value = mapping.content[index + 1];
  }
  return value === undefined ? undefined : mappingsOf(value);
}

function mappingsOf(value: Node): Node[] {
  const position = { position: { line: value.line } };
  if (value.kind === "mapping") return [value];
  if (value.kind === "alias") {
    if (value.alias?.kind !== "mapping") {
      throw new KustomizeError("invalid map merge: received alias for a non-map value", position);
    }
    return [value.alias];
  }
  if (value.kind !== "sequence") {
    throw new KustomizeError("map merge requires map or sequence of maps as the value", position);
  }
  const result: Node[] = [];
  for (const element of value.content) {
    if (element.kind === "sequence") {
      throw new KustomizeError("invalid map merge: received a nested sequence", position);
    }
    result.unshift(...mappingsOf(element));
  }
  return result;
}
