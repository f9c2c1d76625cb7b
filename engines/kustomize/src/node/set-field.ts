import { load, makeNode, type Node, type NodeStyle } from "@eddy/goyaml";
import {
  assignNode,
  clearField,
  field,
  fieldNames,
  isMissingOrNull,
  isNull,
  isStringNode,
  plainScalar,
} from "./fields.ts";
import { requireKind } from "./kind-error.ts";

/** Texts that begin like words are strings, unless they are one of these or end like a key. */
const wordLike = /^[A-Za-z](?:[A-Za-z0-9_./@:-]*[A-Za-z0-9_./@-])?$/;
const words = new Set(["y", "yes", "n", "no", "on", "off", "true", "false", "null"]);

/**
 * Whether YAML 1.1 reads a text as something but a string. Upstream quotes such values when it sets them
 * (kyaml `IsValueNonString`).
 */
export function readsAsNonString(value: string): boolean {
  if (value === "") return false;
  if (wordLike.test(value) && (value.length > 5 || !words.has(value.toLowerCase()))) return false;
  return !value.includes("\n") && typeofYaml(value) !== "string";
}

function typeofYaml(value: string): string {
  try {
    return typeof load(value);
  } catch {
    return "string";
  }
}

/** Whether a style is the plain one, which upstream writes as 0. */
export function isPlainStyle(style: NodeStyle): boolean {
  return style.quote === undefined && style.block === undefined && !style.flow && !style.tagged;
}

function quoteIfAmbiguous(value: Node): void {
  if (isStringNode(value) && isPlainStyle(value.style) && readsAsNonString(value.value))
    value.style = { quote: "double" };
}

/**
 * Overwrites a scalar with another, keeping the style of the one that is there; a null source changes nothing.
 * @throws KustomizeError if the target is no scalar
 */
export function setScalar(target: Node, value: Node): void {
  quoteIfAmbiguous(value);
  requireKind(target, "scalar");
  if (isMissingOrNull(value)) return;
  value.style = target.style;
  assignNode(target, value);
}

/**
 * Sets a field of a mapping as kyaml's `FieldSetter` does: an existing value is overwritten in place and keeps its style, a
 * missing one is appended and shared with the caller, a missing or null value removes the field unless `keepNull`.
 */
export function setField(mapping: Node, name: string, value: Node | undefined, keepNull: boolean = false): void {
  if (value !== undefined) quoteIfAmbiguous(value);
  requireKind(mapping, "mapping");
  if (value === undefined || (isNull(value) && !keepNull)) {
    clearField(mapping, name);
    return;
  }
  const existing = isNull(mapping) ? undefined : field(mapping, name);
  if (existing === undefined) {
    mapping.content.push(plainScalar(name), value);
    return;
  }
  value.style = existing.style;
  assignNode(existing, value);
}

/** As {@link setField} for each pair, without looking for each name among all the others: maps of data have many. */
export function setFields(mapping: Node, pairs: Iterable<readonly [name: string, value: Node]>): void {
  requireKind(mapping, "mapping");
  const names = new Set(fieldNames(mapping));
  for (const [name, value] of pairs) {
    if (names.has(name) || isNull(value)) {
      setField(mapping, name, value);
      continue;
    }
    names.add(name);
    quoteIfAmbiguous(value);
    mapping.content.push(plainScalar(name), value);
  }
}

/** A string node as kyaml's `NewStringRNode` makes it. */
export function stringScalar(value: string): Node {
  const node = makeNode("scalar", "!!str", value);
  if (value.includes("\n")) node.style = { block: "literal" };
  return node;
}
