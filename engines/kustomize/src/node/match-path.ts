import { encodeNode, type Node, type NodeKind, parseDocuments } from "@eddy/goyaml";
import { KustomizeError } from "../error.ts";
import { compileExpression } from "../resource/select.ts";
import { emptyNode, field, isMissingOrNull, plainScalar } from "./fields.ts";
import { requireKind } from "./kind-error.ts";
import { kindOfStep } from "./lookup.ts";
import { isListIndex, parseIndex, splitListIndex } from "./path.ts";
import { setField } from "./set-field.ts";

/**
 * All nodes at a path in which `*` stands for every element and `[field=expression]` for those that match; with `create`
 * missing ones are made. Source: kyaml `PathMatcher`.
 * @throws KustomizeError where a step meets a node of the wrong kind or an index is beyond the end
 */
export function matchPath(node: Node, path: readonly string[], create?: NodeKind): Node[] {
  const [step, ...rest] = path;
  if (step === undefined) return [node];
  const index = parseIndex(step);
  if (index !== undefined && index >= 0) return matchIndex(node, index, rest, create);
  if (isListIndex(step)) return matchElements(node, step, rest, create);
  if (step === "*") return elementsOf(node).flatMap((element) => matchPath(element, rest, create));
  return matchField(node, step, rest, create);
}

function elementsOf(node: Node): readonly Node[] {
  requireKind(node, "sequence");
  return [...node.content];
}

function matchField(node: Node, name: string, rest: readonly string[], create: NodeKind | undefined): Node[] {
  requireKind(node, "mapping");
  let found = isMissingOrNull(node) ? undefined : field(node, name);
  if (found === undefined) {
    if (create === undefined) return [];
    found = emptyNode(kindOfStep(rest[0] ?? "", create));
    setField(node, name, found);
  }
  if (found.kind === "scalar" && rest.length > 0) return matchPath(parseText(found.value), rest, create);
  return matchPath(found, rest, create);
}

/** The content of YAML or JSON in a string. @throws KustomizeError for an empty text */
export function parseText(text: string): Node {
  const node = parseDocuments(text)[0]?.content[0];
  if (node === undefined) throw new KustomizeError("wrong node kind: expected MappingNode but got an empty text");
  return node;
}

function matchIndex(node: Node, index: number, rest: readonly string[], create: NodeKind | undefined): Node[] {
  requireKind(node, "sequence");
  if (index === node.content.length && create !== undefined)
    node.content.push(emptyNode(kindOfStep(rest[0] ?? "", create)));
  const element = node.content[index];
  if (element === undefined) {
    throw new KustomizeError(`index ${index} specified but only ${node.content.length} elements found`);
  }
  return matchPath(element, rest, create);
}

function matchElements(node: Node, step: string, rest: readonly string[], create: NodeKind | undefined): Node[] {
  const split = splitListIndex(step);
  if (split === undefined) {
    throw new KustomizeError("list path element must contain fieldName=fieldValue for element to match");
  }
  const { name, value } = split;
  const find = (): Node[] => findElements(node, name, value, rest, create);
  const found = find();
  if (found.length > 0 || create === undefined) return found;
  const made = name === "" ? plainScalar(value) : emptyNode("mapping");
  if (name !== "") made.content.push(plainScalar(name), plainScalar(value));
  node.content.push(made);
  const again = find();
  if (again.length === 0) throw new KustomizeError(`failed to create element for "${step}"`);
  return again;
}

function findElements(
  node: Node,
  name: string,
  pattern: string,
  rest: readonly string[],
  create: NodeKind | undefined,
): Node[] {
  const matches = compileTest(pattern);
  return elementsOf(node).flatMap((element) => {
    if (name === "") return matches(writtenText(element)) ? [element] : [];
    const value = field(element, name);
    return value !== undefined && matches(writtenText(value)) ? matchPath(element, rest, create) : [];
  });
}

function compileTest(pattern: string): (text: string) => boolean {
  if (/^[A-Za-z0-9_-]+$/.test(pattern)) return (text) => text.includes(pattern);
  const expression = compileExpression(pattern, "fieldPaths");
  return (text) => expression.test(text);
}

/** A node as YAML writes it: quotes and comments count when elements are matched. */
function writtenText(node: Node): string {
  const isBare =
    node.kind === "scalar" && node.lineComment === "" && node.headComment === "" && node.footComment === "";
  if (isBare && node.style.quote === undefined && /^[A-Za-z][A-Za-z0-9_.-]*$/.test(node.value)) return node.value;
  return encodeNode(node, { indent: 2, compactSequences: true }).trim();
}
