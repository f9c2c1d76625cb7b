import { type FunctionTable, goFunction, type GoFunction } from "../function.ts";
import { type GoValue, tag, tagOf, typeOf } from "../value/go-value.ts";
import { integer } from "../value/integer.ts";
import { CallError, nilPointer } from "./call-error.ts";
import { toInt } from "./cast.ts";
import { deepEqual } from "./deep-equal.ts";
import { isEmpty } from "./empty.ts";
import { nilList } from "./nil.ts";

/** The items of a slice; `refusal` begins the error for what is none: `Cannot push on type map`. */
function itemsOf(value: GoValue, refusal: string): readonly GoValue[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Uint8Array) return Array.from(value, (byte) => integer("uint8", byte));
  if (value === null || value === undefined) throw new CallError(nilPointer);
  throw new CallError(`${refusal} ${typeOf(value).kind}`);
}

function isIn(items: readonly GoValue[], wanted: GoValue): boolean {
  return items.some((item) => deepEqual(wanted, item ?? null));
}

function unique(items: readonly GoValue[]): GoValue[] {
  const found: GoValue[] = [];
  const texts = new Set<string>();
  for (const item of items) {
    // Texts are the usual items: a set keeps long lists from being compared pair by pair.
    if (typeof item === "string" ? texts.has(item) : isIn(found, item ?? null)) continue;
    if (typeof item === "string") texts.add(item);
    found.push(item);
  }
  return found;
}

function slice(list: GoValue, indices: readonly GoValue[]): GoValue {
  const items = itemsOf(list, "list should be type of slice or array but");
  if (items.length === 0) return null;
  const start = indices.length > 0 ? toInt(indices[0]).toNumber() : 0;
  const end = indices.length > 1 ? toInt(indices[1]).toNumber() : items.length;
  if (start < 0 || end < start || end > items.length) {
    throw new CallError("reflect.Value.Slice: slice index out of bounds");
  }
  if (list instanceof Uint8Array) return list.slice(start, end);
  const type = tagOf(list as object);
  return type === undefined ? items.slice(start, end) : tag(items.slice(start, end), type);
}

/** Go computes in floats here, so that a size of 0 becomes a length that nobody can make. */
function chunk(size: number, list: GoValue): GoValue[][] {
  const items = itemsOf(list, "Cannot chunk type");
  const count = Math.floor((items.length - 1) / size) + 1;
  if (!Number.isFinite(count) || count < 0) throw new CallError("runtime error: makeslice: len out of range");
  return Array.from({ length: count }, (_, index) => {
    const length = index === count - 1 ? items.length % size || size : size;
    if (length < 0) throw new CallError("runtime error: makeslice: len out of range");
    return items.slice(index * size, index * size + length);
  });
}

function concat(lists: readonly GoValue[]): GoValue[] {
  const all = lists.flatMap((list) => {
    if (list === null || list === undefined) throw new CallError(nilPointer);
    if (Array.isArray(list) || list instanceof Uint8Array) return itemsOf(list, "");
    throw new CallError(`Cannot concat type ${typeOf(list).kind} as list`);
  });
  return all.length === 0 ? nilList() : all;
}

function has(needle: GoValue, haystack: GoValue): boolean {
  if (haystack === null || haystack === undefined) return false;
  return isIn(itemsOf(haystack, "Cannot find has on type"), needle);
}

const list = goFunction(["...any"], "[]any", (_, ...items) => [...items]);

/** Functions that also exist as `must…`, which in a template is the same: errors and panics both stop it. */
const twins: Readonly<Record<string, GoFunction>> = {
  append: goFunction(["any", "any"], "[]any", (_, items, item) => [...itemsOf(items, "Cannot push on type"), item]),
  push: goFunction(["any", "any"], "[]any", (_, items, item) => [...itemsOf(items, "Cannot push on type"), item]),
  prepend: goFunction(["any", "any"], "[]any", (_, items, item) => [item, ...itemsOf(items, "Cannot prepend on type")]),
  first: goFunction(["any"], "any", (_, items) => itemsOf(items, "Cannot find first on type")[0] ?? null),
  last: goFunction(["any"], "any", (_, items) => itemsOf(items, "Cannot find last on type").at(-1) ?? null),
  rest: goFunction(["any"], "[]any", (_, items) => {
    const all = itemsOf(items, "Cannot find rest on type");
    return all.length === 0 ? nilList() : all.slice(1);
  }),
  initial: goFunction(["any"], "[]any", (_, items) => {
    const all = itemsOf(items, "Cannot find initial on type");
    return all.length === 0 ? nilList() : all.slice(0, -1);
  }),
  reverse: goFunction(["any"], "[]any", (_, items) => itemsOf(items, "Cannot find reverse on type").toReversed()),
  compact: goFunction(["any"], "[]any", (_, items) =>
    itemsOf(items, "Cannot compact on type").filter((item) => !isEmpty(item)),
  ),
  uniq: goFunction(["any"], "[]any", (_, items) => unique(itemsOf(items, "Cannot find uniq on type"))),
  without: goFunction(["any", "...any"], "[]any", (_, items, ...omitted) =>
    itemsOf(items, "Cannot find without on type").filter((item) => !isIn(omitted, item ?? null)),
  ),
  has: goFunction(["any", "any"], "bool", (_, needle, haystack) => has(needle, haystack)),
  slice: goFunction(["any", "...any"], "any", (_, items, ...indices) => slice(items, indices)),
  chunk: goFunction(["int", "any"], "[][]any", (_, size, items) => chunk(size.toNumber(), items)),
};

/** `mustAppend` beside `append`. */
export function withMust(functions: Readonly<Record<string, GoFunction>>): FunctionTable {
  const table: Record<string, GoFunction> = {};
  for (const [name, definition] of Object.entries(functions)) {
    table[name] = definition;
    table[`must${name[0]?.toUpperCase()}${name.slice(1)}`] = definition;
  }
  return table;
}

/** Functions on lists. */
export const listFunctions: FunctionTable = {
  ...withMust(twins),
  list,
  tuple: list,
  concat: goFunction(["...any"], "any", (_, ...lists) => concat(lists)),
};
