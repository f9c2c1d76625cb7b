import { isObject, type Json } from "@eddy/core/json";

/** The name of a list's item among its siblings; undefined where it has none. */
export type ItemName = (item: Json) => string | undefined;

const candidates = ["name", "key", "id", "manager"];
// Fields that happen to be different in a short list identify nothing.
const minGuessedItems = 4;

/**
 * How the items of two lists are told apart: by a well-known field, by one that is a different text in every item, or as
 * Kubernetes objects; undefined for lists whose items have no names. Source: homeport/dyff 1.10.2 `sequenceNodes`.
 */
export function identifierOf(from: readonly Json[], to: readonly Json[]): ItemName | undefined {
  const known = candidates.find((field) => distinct(from, field) && distinct(to, field));
  if (known !== undefined) return fieldName(known);
  const guessed = from.length < minGuessedItems ? undefined : guessField(from, to);
  if (guessed !== undefined) return fieldName(guessed);
  return [...from, ...to].every((item) => objectName(item) !== undefined) ? objectName : undefined;
}

function fieldName(field: string): ItemName {
  return (item) => (isObject(item) ? textOf(item[field]) : undefined);
}

// Items without the field are not counted: they leave fewer names than items.
function distinct(items: readonly Json[], field: string): boolean {
  const names = items.flatMap((item) => (isObject(item) && item[field] !== undefined ? [textOf(item[field])] : []));
  return names.length > 0 && new Set(names).size === items.length;
}

function guessField(from: readonly Json[], to: readonly Json[]): string | undefined {
  const [first] = from;
  if (!isObject(first)) return undefined;
  const isText = (items: readonly Json[], field: string): boolean =>
    items.every((item) => isObject(item) && typeof item[field] === "string");
  return Object.keys(first)
    .sort()
    .find((field) => isText(from, field) && isText(to, field) && distinct(from, field) && distinct(to, field));
}

function objectName(item: Json): string | undefined {
  if (!isObject(item) || !isObject(item["metadata"])) return undefined;
  const { apiVersion, kind, metadata } = item;
  const { namespace, name } = metadata;
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  return [apiVersion, kind, ...(namespace === undefined ? [] : [namespace]), name].map(textOf).join("/");
}

function textOf(value: Json | undefined): string {
  return typeof value === "object" || value === undefined ? "" : String(value);
}
