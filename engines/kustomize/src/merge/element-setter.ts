import type { Node } from "@eddy/goyaml";
import { field, isEmptyMap, isMissingOrNull } from "../node/fields.ts";
import { requireKind } from "../node/kind-error.ts";

/**
 * Puts an element in the place of those whose keys have these values, or at the end; without an element removes them. Null and
 * empty elements go at every call. The key "" compares scalars; a value "" only asks that the key exists, and with fewer values
 * than keys everything that does not match goes too: upstream's output depends on all of it (kyaml `ElementSetter`).
 */
export function setElement(
  sequence: Node,
  element: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): void {
  requireKind(sequence, "sequence");
  const byField = keys[0] !== undefined && keys[0] !== "" && values[0] !== undefined && values[0] !== "";
  const content: Node[] = [];
  let replaced = false;
  for (const candidate of sequence.content) {
    if (isEmptyMap(candidate)) continue;
    if (candidate.kind !== "mapping" && byField) {
      content.push(candidate);
    } else if (!matches(candidate, keys, values)) {
      if (values.length > 0) content.push(candidate);
    } else {
      replaced = true;
      if (element !== undefined) content.push(element);
    }
  }
  sequence.content = content;
  if (element === undefined || isMissingOrNull(element) || replaced) return;
  content.push(element);
}

function matches(candidate: Node, keys: readonly string[], values: readonly string[]): boolean {
  let matched = false;
  for (const [index, key] of (keys.length === 0 ? [""] : keys).entries()) {
    const value = values[index];
    if (value !== undefined) matched = hasValue(candidate, key, value);
    if (!matched) return false;
  }
  return true;
}

function hasValue(candidate: Node, key: string, value: string): boolean {
  if (key === "") {
    requireKind(candidate, "scalar");
    return candidate.value === value;
  }
  requireKind(candidate, "mapping");
  const found = field(candidate, key);
  return found !== undefined && (value === "" || found.value === value);
}
