import type { Node } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { clearField, cloneNode, fieldNames, field, indexOfField } from "./fields.ts";

/** How many nodes one document may gain by expanding its aliases. */
const maxNodes = 250_000;

/** One document on its way. */
interface Expansion {
  root: Node;
  /** Whether it is known how much the document gains. */
  isMeasured: boolean;
  /** Anchors that are being expanded. */
  open: Set<Node>;
}

/**
 * Expands aliases and merge keys below a node, in place where it can; returns the node to use. Source: kyaml `deAnchor`.
 * @throws KustomizeError for merges of what is no mapping, and for documents that would explode, before anything is copied
 */
export function expandAliases(root: Node): Node {
  return expand(root, { root, isMeasured: false, open: new Set() });
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

/** Adds up what the aliases of a document stand for, each anchor counted once, when the first alias is met. */
function measure(expansion: Expansion): void {
  if (expansion.isMeasured) return;
  expansion.isMeasured = true;
  const sizes = new Map<Node, number>();
  const open = new Set<Node>();
  let gained = 0;
  const sizeOf = (node: Node): number => {
    if (node.kind === "scalar") return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    if (open.has(node)) throw containsItself(node);
    open.add(node);
    let size = node.kind === "alias" ? sizeOf(targetOf(node)) : 1;
    for (const child of node.content) size += sizeOf(child);
    if (node.kind === "alias") gained += size;
    if (gained > maxNodes) throw tooMany(node);
    open.delete(node);
    sizes.set(node, size);
    return size;
  };
  sizeOf(expansion.root);
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
  for (const name of fieldNames(source)) {
    const from = indexOfField(source, name);
    const [key, value] = [source.content[from], field(source, name)];
    if (key === undefined || value === undefined) continue;
    const at = indexOfField(target, name);
    if (at < 0) target.content.push(cloneNode(key), cloneNode(value));
    else target.content.splice(at, 2, cloneNode(key), cloneNode(value));
  }
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
