import type { Node } from "@eddy/goyaml";
import { emptyNode, field, isEmptyMap, isMissingOrNull, isNilOrEmpty, plainScalar } from "../node/fields.ts";
import { findElement } from "../node/lookup.ts";
import { setField, setScalar } from "../node/set-field.ts";
import { setElement } from "./element-setter.ts";

type MergeElement = (dest: Node | undefined, patch: Node | undefined) => Node | undefined;

/**
 * Merges two lists element by element: elements are the same where their keys have the same values, the patch's come first.
 * Without keys the elements are scalars and a set is made of them. Source: kyaml walk/associative_sequence.
 */
export function mergeElements(
  dest: Node,
  patch: Node | undefined,
  keys: readonly string[],
  mergeElement: MergeElement,
): Node | undefined {
  const names = keys.length > 0 ? keys : [""];
  const values = keys.length > 0 ? keyValues(dest, patch, keys) : scalarValues(dest, patch);
  if (names.length > 1) alignValues(values);
  const merged = emptyNode("sequence");
  let used: readonly string[] = names;
  for (const [index] of values.entries()) {
    const valid = validKeys(values, values[index] ?? [], names);
    used = valid.keys;
    const element = mergeElement(elementWith(dest, valid), elementWith(patch, valid));
    if (isEmptyMap(element) || element === undefined) {
      setElement(dest, undefined, valid.keys, valid.values);
      continue;
    }
    fillKeys(element, valid);
    setElement(merged, element, valid.keys, valid.values);
  }
  const result = values.length > 0 ? appendRest(merged, dest, used) : dest;
  return isMissingOrNull(result) ? undefined : result;
}

interface KeyValues {
  keys: readonly string[];
  values: readonly string[];
}

function keyValues(dest: Node, patch: Node | undefined, keys: readonly string[]): string[][] {
  const result: string[][] = [];
  const seen = new Set<string>();
  for (const list of [patch, dest]) {
    for (const element of list?.content ?? []) {
      const values = keys.map((key) => {
        const found = field(element, key);
        return found === undefined || isNilOrEmpty(found) ? "" : found.value;
      });
      const id = values.join("\0");
      if (seen.has(id)) continue;
      seen.add(id);
      result.push(values);
    }
  }
  return result;
}

function scalarValues(dest: Node, patch: Node | undefined): string[][] {
  const values = new Set<string>();
  for (const list of [patch, dest]) for (const element of list?.content ?? []) values.add(element.value);
  return [...values].map((value) => [value]);
}

/** Fills gaps: `8080` without a protocol and `8080/TCP` become the same. */
function alignValues(all: string[][]): void {
  for (let left = 0; left < all.length; left++) {
    const first = all[left] ?? [];
    for (let right = 0; right < all.length; right++) {
      const joined = joinedValues(first, all[right] ?? []);
      if (joined === undefined) continue;
      all[left] = joined;
      all[right] = joined;
    }
  }
}

function joinedValues(left: readonly string[], right: readonly string[]): string[] | undefined {
  let common = false;
  const result: string[] = [];
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? "";
    if (value === other) common = true;
    else if (value !== "" && other !== "") return undefined;
    result.push(value === "" ? other : value);
  }
  return common ? result : undefined;
}

/** Only keys that some element has count. */
function validKeys(all: readonly (readonly string[])[], values: readonly string[], keys: readonly string[]): KeyValues {
  const present = keys.map((_key, index) => all.some((other) => (other[index] ?? "") !== ""));
  if (!present.includes(true)) return { keys, values };
  const chosen = <T>(list: readonly T[]): T[] => list.filter((_item, index) => present[index]);
  return { keys: chosen(keys), values: chosen(values) };
}

function elementWith(list: Node | undefined, all: KeyValues): Node | undefined {
  if (list === undefined || list.kind !== "sequence") return undefined;
  const { keys, values } = validKeys([all.values], all.values, all.keys);
  return findElement(list, keys, values);
}

function fillKeys(element: Node, { keys, values }: KeyValues): void {
  for (const [index, key] of keys.entries()) {
    const value = values[index] ?? "";
    if (value === "" || field(element, key) !== undefined) continue;
    if (key === "") setScalar(element, plainScalar(value));
    else setField(element, key, plainScalar(value));
  }
}

/** Puts the elements of the list that the merge has not seen behind the merged ones. */
function appendRest(merged: Node, list: Node, keys: readonly string[]): Node {
  for (const element of list.content) {
    if (keys[0] === "") {
      setElement(merged, element, keys, [element.value]);
      continue;
    }
    const values: string[] = [];
    for (const key of keys) {
      const found = isMissingOrNull(element) ? undefined : field(element, key);
      // An element without the key is added for each key it lacks, and then treated as any other.
      if (found === undefined) merged.content.push(element);
      else values.push(found.value);
    }
    if (keys.length > 1) setElement(merged, undefined, keys, values);
    setElement(merged, element, keys, values);
  }
  return merged;
}
