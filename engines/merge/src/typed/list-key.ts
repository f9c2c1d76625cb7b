import { isObject, type Json } from "@eddy/core/json";
import { formatGoJson } from "../fields/path-element.ts";
import type { ListType } from "./merge-type.ts";

/** The path element of an item, or why it has none. */
export type ItemKey = { element: string } | { problem: string };

const fieldPrefix = new Map<string, string>();

function prefixOf(name: string): string {
  let prefix = fieldPrefix.get(name);
  if (prefix === undefined) {
    prefix = `${formatGoJson(name)}:`;
    if (fieldPrefix.size < 1000) fieldPrefix.set(name, prefix);
  }
  return prefix;
}

/**
 * How an item of an associative list is named: by its key fields, missing ones taken from the schema's default, or by its
 * value in a set. Words of the problems are the API server's (structured-merge-diff v6 `typed/helpers.go`).
 */
export function itemKey(list: ListType, item: Json | undefined): ItemKey {
  return list.keys.length === 0 ? keyOfSetItem(item) : keyOfMapItem(list, item);
}

function keyOfSetItem(item: Json | undefined): ItemKey {
  if (isObject(item)) return { problem: "associative list without keys has an element that's a map type" };
  if (Array.isArray(item)) return { problem: "not supported: associative list with lists as elements" };
  if (item === null || item === undefined) {
    return { problem: "associative list without keys has an element that's an explicit null" };
  }
  return { element: `v:${formatGoJson(item)}` };
}

function keyOfMapItem(list: ListType, item: Json | undefined): ItemKey {
  if (item === null || item === undefined) return { problem: "associative list with keys may not have a null element" };
  if (!isObject(item)) return { problem: "associative list with keys may not have non-map elements" };
  let text = "";
  for (const name of list.keys) {
    const value = item[name] ?? (name in item && item[name] === null ? null : defaultOf(list, name));
    if (value === undefined) continue;
    text += `${text === "" ? "" : ","}${prefixOf(name)}${formatGoJson(value)}`;
  }
  if (text === "") {
    const names = list.keys.map((name) => JSON.stringify(name)).join(" ");
    return {
      problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    };
  }
  return { element: `k:{${text}}` };
}

function defaultOf(list: ListType, name: string): Json | undefined {
  return list.item.map?.fields.get(name)?.default ?? undefined;
}

/** The path element of an item that was validated; items without one get an element that equals no other. */
export function validItemKey(list: ListType, item: Json | undefined): string {
  const key = itemKey(list, item);
  return "element" in key ? key.element : "v:null";
}
