import { SopsError } from "../sops-error.ts";
import { Branch, Comment, type BranchItem, type TreeValue } from "../tree/tree.ts";

const separator = /__(map|list)_/;

/** Nested members as one level of `a__map_b__list_0`, for formats that have no more. Source: sops 3.13, stores/flatten. */
export function flatten(branch: Branch, prefix: string = ""): BranchItem[] {
  return branch.items.flatMap((item) => (item instanceof Comment ? [] : flattenValue(item.value, prefix + item.key)));
}

function flattenValue(value: TreeValue, key: string): BranchItem[] {
  if (value instanceof Branch) return flatten(value, `${key}__map_`);
  if (Array.isArray(value)) {
    return value
      .filter((item) => !(item instanceof Comment))
      .flatMap((item, index) => flattenValue(item, `${key}__list_${index}`));
  }
  return [{ key, value }];
}

interface Slot {
  value?: TreeValue;
  members: Map<string, Slot>;
  elements: Map<number, Slot>;
}

/** What {@link flatten} made, nested again. @throws SopsError for a gap in a list, or a key that is value and parent at once */
export function unflatten(items: readonly BranchItem[]): Branch {
  const root: Slot = newSlot();
  for (const item of items) {
    if (item instanceof Comment) continue;
    const slot = place(root, item.key);
    if (slot.value !== undefined)
      throw new SopsError(`read the sops metadata: ${JSON.stringify(item.key)} is there twice`);
    slot.value = item.value;
  }
  const value = collect(root, "sops");
  return value instanceof Branch ? value : new Branch();
}

function newSlot(): Slot {
  return { members: new Map(), elements: new Map() };
}

function place(root: Slot, key: string): Slot {
  const [first = "", ...rest] = key.split(separator);
  let slot = child(root.members, first);
  for (let index = 0; index < rest.length; index += 2) {
    const name = rest[index + 1] ?? "";
    slot = rest[index] === "map" ? child(slot.members, name) : child(slot.elements, Number(name));
  }
  return slot;
}

function child<Key>(slots: Map<Key, Slot>, key: Key): Slot {
  const found = slots.get(key);
  if (found) return found;
  const made = newSlot();
  slots.set(key, made);
  return made;
}

function collect({ value, members, elements }: Slot, name: string): TreeValue {
  const kinds = Number(value !== undefined) + Number(members.size > 0) + Number(elements.size > 0);
  if (kinds > 1) throw new SopsError(`read the sops metadata: ${JSON.stringify(name)} has more than one shape`);
  if (value !== undefined) return value;
  if (elements.size === 0) {
    const keys = [...members.keys()].sort();
    return new Branch(keys.map((key) => ({ key, value: collect(members.get(key) ?? newSlot(), key) })));
  }
  return Array.from({ length: elements.size }, (_, index) => {
    const element = elements.get(index);
    if (!element)
      throw new SopsError(`read the sops metadata: the list ${JSON.stringify(name)} lacks element ${index}`);
    return collect(element, `${name}[${index}]`);
  });
}
