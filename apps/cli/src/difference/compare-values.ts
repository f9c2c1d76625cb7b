import { deepEqual, isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";
import { sortNatural } from "@eddy/goyaml";
import type { Detail, Difference, EntrySet } from "./difference.ts";
import { identifierOf, type ItemName } from "./list-identifier.ts";

type Path = readonly string[];

/**
 * What is different between two values, in the order of the keys of the first. Items of lists are compared by their names where
 * they have some. Source: homeport/dyff 1.10.2, which `flux diff` prints with.
 */
export function compareValues(from: Json, to: Json, path: Path = []): Difference[] {
  if (typeNameOf(from) !== typeNameOf(to)) return [{ path, details: [{ kind: "modified", from, to }] }];
  if (isObject(from) && isObject(to)) return compareMaps(from, to, path);
  if (Array.isArray(from) && Array.isArray(to)) return compareLists(from, to, path);
  return from === to ? [] : [{ path, details: [{ kind: "modified", from, to }] }];
}

/** The type of a value as YAML has it, and as a report calls it. */
export function typeNameOf(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "list";
  if (isObject(value)) return "map";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "int" : "string";
}

function compareMaps(from: JsonObject, to: JsonObject, path: Path): Difference[] {
  const [before, after] = [sortedEntries(from), sortedEntries(to)];
  const below = before.flatMap(([key, value]) => {
    const other = memberOf(to, key);
    return other === undefined ? [] : compareValues(value, other, [...path, key]);
  });
  const only = (these: readonly MapEntry[], those: JsonObject): EntrySet => ({
    of: "map",
    values: these.filter(([key]) => memberOf(those, key) === undefined),
  });
  const details = detailsOf(only(before, to), only(after, from));
  return details.length === 0 ? below : [{ path, details }, ...below];
}

type MapEntry = readonly [key: string, value: Json];

/** The entries of a map in the order in which YAML is written. */
export function sortedEntries(map: JsonObject): MapEntry[] {
  const keys = Object.keys(map);
  sortNatural(keys);
  return keys.map((key) => [key, memberOf(map, key) as Json]);
}

function compareLists(from: readonly Json[], to: readonly Json[], path: Path): Difference[] {
  const nameOf = identifierOf(from, to);
  if (nameOf) return compareNamed(from, to, nameOf, path);
  if (from.length === 1 && to.length === 1) return compareValues(from[0] as Json, to[0] as Json, [...path, "0"]);
  const [before, after] = [countsOf(from), countsOf(to)];
  const order = reordered(
    from.filter((item) => after.has(keyOf(item))),
    to.filter((item) => before.has(keyOf(item))),
  );
  const details = [...order, ...detailsOf(listOf(surplus(from, after)), listOf(surplus(to, before)))];
  return details.length === 0 ? [] : [{ path, details }];
}

function compareNamed(from: readonly Json[], to: readonly Json[], nameOf: ItemName, path: Path): Difference[] {
  const [before, after] = [byName(from, nameOf), byName(to, nameOf)];
  const common = [...before.keys()].filter((name) => after.has(name));
  const below = common.flatMap((name) =>
    compareValues(before.get(name) as Json, after.get(name) as Json, [...path, name]),
  );
  const order = reordered(
    common,
    [...after.keys()].filter((name) => before.has(name)),
  );
  const only = (these: ReadonlyMap<string, Json>, those: ReadonlyMap<string, Json>): EntrySet =>
    listOf([...these].filter(([name]) => !those.has(name)).map(([, item]) => item));
  const details = [...order, ...detailsOf(only(before, after), only(after, before))];
  return details.length === 0 ? below : [{ path, details }, ...below];
}

function byName(items: readonly Json[], nameOf: ItemName): Map<string, Json> {
  return new Map(items.map((item) => [nameOf(item) ?? "", item]));
}

function reordered(from: readonly Json[], to: readonly Json[]): Detail[] {
  const isSame = from.length !== to.length || from.every((item, index) => deepEqual(item, to[index]));
  return isSame ? [] : [{ kind: "reordered", from, to }];
}

function listOf(values: readonly Json[]): EntrySet {
  return { of: "list", values };
}

function detailsOf(removed: EntrySet, added: EntrySet): Detail[] {
  const details = [
    { kind: "removed" as const, entries: removed },
    { kind: "added" as const, entries: added },
  ];
  return details.filter(({ entries }) => entries.values.length > 0);
}

function countsOf(items: readonly Json[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

/** Items that are more often here than there: as many, where the first of them stands. */
function surplus(items: readonly Json[], others: ReadonlyMap<string, number>): Json[] {
  const counts = countsOf(items);
  const told = new Set<string>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    const there = others.get(key);
    if (there === undefined) return [item];
    if (told.has(key)) return [];
    told.add(key);
    return Array.from({ length: Math.max(0, (counts.get(key) ?? 0) - there) }, () => item);
  });
}

function keyOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(keyOf).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(String(value));
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${keyOf(value[key] as Json)}`).join(",")}}`;
}
