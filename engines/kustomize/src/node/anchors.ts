import type { Node } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { clearField, cloneNode, fieldNames, field, indexOfField } from "./fields.ts";

/** How many nodes one document may gain by expanding its aliases. */
const maxNodes = 250_000;

interface Budget {
  left: number;
  /** Anchors that are being expanded. */
  open: Set<Node>;
}

/**
 * Expands aliases and merge keys below a node, in place where it can; returns the node to use. Source: kyaml `deAnchor`.
 * @throws KustomizeError for merges of what is no mapping, and for documents that explode
 */
export function expandAliases(node: Node, budget: Budget = { left: maxNodes, open: new Set() }): Node {
  node.anchor = "";
  if (node.kind === "scalar") return node;
  if (node.kind === "alias") return expandAlias(node, budget);
  if (node.kind === "mapping") mergeInto(node);
  for (const [index, child] of node.content.entries()) {
    if (child.kind !== "scalar" || child.anchor !== "") node.content[index] = expandAliases(child, budget);
  }
  return node;
}

function expandAlias(node: Node, budget: Budget): Node {
  if (node.alias === undefined) throw new KustomizeError("expand aliases: an alias has no target");
  const expanded = expandTarget(node.alias, budget);
  budget.left -= countNodes(expanded, budget.left);
  if (budget.left < 0) throw tooMany(node);
  return cloneNode(expanded);
}

function expandTarget(target: Node, budget: Budget): Node {
  if (budget.open.has(target)) {
    throw new KustomizeError("expand aliases: an anchor contains itself", { position: { line: target.line } });
  }
  budget.open.add(target);
  const expanded = expandAliases(target, budget);
  budget.open.delete(target);
  return expanded;
}

function tooMany(node: Node): KustomizeError {
  return new KustomizeError("expand aliases: the document has too many nodes when its aliases are expanded", {
    position: { line: node.line },
  });
}

/** Nodes below and with this one; stops counting beyond the limit. */
function countNodes(node: Node, limit: number): number {
  let count = 1;
  for (const child of node.content) {
    count += countNodes(child, limit - count);
    if (count > limit) return count;
  }
  return count;
}

function mergeInto(mapping: Node): void {
  const merged = mergedMappings(mapping);
  if (merged === undefined) return;
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
