import { isObject, type Json } from "@eddy/core/json";
import { MergeError } from "../merge-error.ts";
import { formatGoValue } from "../typed/go-format.ts";
import { missingMergeKey, patchDirective } from "./directives.ts";

/** What an item is known by: its merge key's value, or itself. */
export function identityOf(item: Json | undefined, mergeKey: string): Json | undefined {
  if (mergeKey === "") return item;
  return isObject(item) ? item[mergeKey] : undefined;
}

/** As {@link identityOf}, where an item without merge key is an error. */
export function requireIdentity(item: Json | undefined, mergeKey: string): Json {
  if (mergeKey === "") return item as Json;
  if (!isObject(item)) throw new MergeError(500, `expected a map[string]interface {}, but received a ${typeof item}`);
  const identity = item[mergeKey];
  if (identity === undefined) throw missingMergeKey(item, mergeKey);
  return identity;
}

function placesOf(order: readonly Json[], mergeKey: string): Map<Json | undefined, number> {
  const places = new Map<Json | undefined, number>();
  for (const [place, item] of order.entries()) {
    const identity = requireIdentity(item, mergeKey);
    if (!places.has(identity)) places.set(identity, place);
  }
  return places;
}

/** Items in the order of a list; items to be deleted last. */
function sortByPlace(items: readonly Json[], places: Map<Json | undefined, number>, mergeKey: string): Json[] {
  const isDeleted = (item: Json): boolean => mergeKey !== "" && isObject(item) && item[patchDirective] === "delete";
  const kept = items.filter((item) => !isDeleted(item));
  for (const item of items) requireIdentity(item, mergeKey);
  const placed = kept.map((item) => ({ item, place: places.get(identityOf(item, mergeKey)) }));
  const sorted = placed.every(({ place }) => place !== undefined)
    ? placed.sort((left, right) => (left.place as number) - (right.place as number))
    : insertionSort(placed);
  return [...sorted.map(({ item }) => item), ...items.filter(isDeleted)];
}

interface Placed {
  item: Json;
  place: number | undefined;
}

/** Go's stable sort with its comparison, by which an item that the order does not name is before any other. */
function insertionSort(items: readonly Placed[]): Placed[] {
  const sorted: Placed[] = [];
  for (const item of items) {
    let place = sorted.length;
    while (place > 0 && isBefore(item, sorted[place - 1] as Placed)) place--;
    sorted.splice(place, 0, item);
  }
  return sorted;
}

function isBefore(left: Placed, right: Placed): boolean {
  return left.place === undefined || right.place === undefined || left.place < right.place;
}

/**
 * The merged items in the order that a strategic merge gives them: items of the patch in the patch's order, items that only the
 * server has in the server's, the two interleaved by the server's order as far as it goes.
 * Source: apimachinery `strategicpatch` `normalizeElementOrder`.
 */
export function orderItems(
  merged: readonly Json[],
  patchOrder: readonly Json[],
  serverOrder: readonly Json[],
  mergeKey: string,
): Json[] {
  const patchPlaces = placesOf(patchOrder, mergeKey);
  const serverPlaces = placesOf(serverOrder, mergeKey);
  const isInPatch = (item: Json): boolean => patchPlaces.has(requireIdentity(item, mergeKey));
  const patchItems = sortByPlace(merged.filter(isInPatch), patchPlaces, mergeKey);
  const serverItems = sortByPlace(
    merged.filter((item) => !isInPatch(item)),
    serverPlaces,
    mergeKey,
  );
  return interleave(serverItems, patchItems, (item) => serverPlaces.get(identityOf(item, mergeKey)));
}

function interleave(
  server: readonly Json[],
  patch: readonly Json[],
  placeOf: (item: Json) => number | undefined,
): Json[] {
  const result: Json[] = [];
  let s = 0;
  let p = 0;
  while (s < server.length && p < patch.length) {
    const serverPlace = placeOf(server[s] as Json);
    const patchPlace = placeOf(patch[p] as Json);
    const serverFirst = serverPlace !== undefined && patchPlace !== undefined && serverPlace < patchPlace;
    result.push(serverFirst ? (server[s++] as Json) : (patch[p++] as Json));
  }
  return [...result, ...patch.slice(p), ...server.slice(s)];
}

/**
 * Refuses a patch list whose items do not stand in the order that `$setElementOrder` gives, or that are not in it.
 * @throws MergeError 500, as the API server answers.
 */
export function checkOrder(patchList: readonly Json[], order: readonly Json[], mergeKey: string): void {
  if (order.length === 0 || patchList.length === 0) return;
  const directiveOf = (item: Json): Json | undefined => (isObject(item) ? item[patchDirective] : undefined);
  const wanted = mergeKey === "" ? patchList : patchList.filter((item) => directiveOf(item) !== "delete");
  let next = 0;
  let place = 0;
  while (next < wanted.length && place < order.length) {
    const item = wanted[next] as Json;
    if (directiveOf(item) !== undefined) next++;
    else if (requireIdentity(item, mergeKey) === requireIdentity(order[place++], mergeKey)) next++;
  }
  // A `$patch: replace` after the last ordered item is refused too, as the original does it.
  if (next < wanted.length) {
    const lists = [patchList, order].map((list) => formatGoValue([...list]));
    throw new MergeError(
      500,
      `The order in patch list:\n${lists[0]}\n doesn't match $setElementOrder list:\n${lists[1]}\n`,
    );
  }
}
