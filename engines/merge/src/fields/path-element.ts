import { compareText, type Json } from "@eddy/core/json";
import { quoteGo } from "@eddy/core/go-text";

const needsGoEscape = /[<>&\u2028\u2029]/;
const goEscapes: Record<string, string> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** JSON text as Go's encoder writes it: like `JSON.stringify`, with `<`, `>`, `&` and line separators escaped. Keeps `bigint`. */
export function formatGoJson(value: Json | undefined): string {
  if (typeof value === "string") return formatText(value);
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(formatGoJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const members: string[] = [];
  for (const name in value)
    if (value[name] !== undefined) members.push(`${formatText(name)}:${formatGoJson(value[name])}`);
  return `{${members.join(",")}}`;
}

function formatText(value: string): string {
  const text = JSON.stringify(value);
  return needsGoEscape.test(text) ? text.replace(/[<>&\u2028\u2029]/g, (char) => goEscapes[char] ?? char) : text;
}

/** One part of a path, taken apart. */
export type PathElement =
  | { kind: "field"; name: string }
  | { kind: "key"; keys: readonly (readonly [name: string, value: Json])[] }
  | { kind: "value"; value: Json }
  | { kind: "index"; index: number };

/**
 * Takes a FieldsV1 key apart, or returns undefined for a kind of element that this version does not know (they are dropped).
 * @throws SyntaxError on a known kind whose JSON is broken.
 */
export function parsePathElement(text: string): PathElement | undefined {
  const rest = text.slice(2);
  switch (text.slice(0, 2)) {
    case "f:":
      return { kind: "field", name: rest };
    case "v:":
      return { kind: "value", value: JSON.parse(rest) as Json };
    case "k:":
      return { kind: "key", keys: Object.entries(JSON.parse(rest) as Record<string, Json>).sort(compareNames) };
    case "i:":
      return { kind: "index", index: parseIndex(rest) };
    default:
      return undefined;
  }
}

function compareNames(left: readonly [string, Json], right: readonly [string, Json]): number {
  return compareText(left[0], right[0]);
}

function parseIndex(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new SyntaxError(`parse index ${JSON.stringify(text)}: want an integer`);
  return Number(text);
}

/** The FieldsV1 key of an element; parsing it and formatting it again gives the same text. */
export function formatPathElement(element: PathElement): string {
  switch (element.kind) {
    case "field":
      return `f:${element.name}`;
    case "key":
      return `k:{${element.keys.map(([name, value]) => `${formatGoJson(name)}:${formatGoJson(value)}`).join(",")}}`;
    case "value":
      return `v:${formatGoJson(element.value)}`;
    case "index":
      return `i:${element.index}`;
  }
}

const rankOfPrefix: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 };

/** Orders two FieldsV1 keys as the API server writes them: fields, keys, values, indexes, each by their value. */
export function comparePathElements(left: string, right: string): number {
  const leftKind = left[0] as string;
  const rightKind = right[0] as string;
  if (leftKind !== rightKind) return (rankOfPrefix[leftKind] ?? 4) - (rankOfPrefix[rightKind] ?? 4);
  if (leftKind === "f") return compareText(left, right);
  return compareParsed(parsePathElement(left), parsePathElement(right));
}

function compareParsed(left: PathElement | undefined, right: PathElement | undefined): number {
  if (left?.kind === "key" && right?.kind === "key") return compareKeys(left.keys, right.keys);
  if (left?.kind === "value" && right?.kind === "value") return compareValues(left.value, right.value);
  if (left?.kind === "index" && right?.kind === "index") return left.index - right.index;
  return 0;
}

type Keys = readonly (readonly [string, Json])[];

function compareKeys(left: Keys, right: Keys): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const [leftName, leftValue] = left[index] as readonly [string, Json];
    const [rightName, rightValue] = right[index] as readonly [string, Json];
    const order = compareText(leftName, rightName) || compareValues(leftValue, rightValue);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function rankOfValue(value: Json): number {
  if (typeof value === "number" || typeof value === "bigint") return 0;
  if (typeof value === "string") return 1;
  if (typeof value === "boolean") return 2;
  if (Array.isArray(value)) return 3;
  return value === null ? 5 : 4;
}

/** Orders JSON values: numbers, strings, booleans, lists, objects, null. Source: structured-merge-diff `value.Compare`. */
export function compareValues(left: Json, right: Json): number {
  const rank = rankOfValue(left) - rankOfValue(right);
  if (rank !== 0) return rank;
  if (typeof left === "string") return compareText(left, right as string);
  if (typeof left === "boolean") return Number(left) - Number(right);
  if (typeof left === "number" || typeof left === "bigint") return compareNumbers(left, right as number | bigint);
  if (left === null || right === null) return 0;
  if (Array.isArray(left)) return compareLists(left, right as Json[]);
  const sorted = (value: Json): Keys => Object.entries(value as Record<string, Json>).sort(compareNames);
  return compareKeys(sorted(left), sorted(right));
}

function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function compareLists(left: readonly Json[], right: readonly Json[]): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const order = compareValues(left[index] as Json, right[index] as Json);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function formatShown(value: Json | undefined): string {
  if (typeof value === "string") return quoteGo(value);
  if (Array.isArray(value)) return `[${value.map(formatShown).join(",")}]`;
  if (typeof value !== "object" || value === null) return String(value ?? null);
  return Object.entries(value)
    .map(([name, member]) => `${name}=${formatShown(member)}`)
    .join("");
}

/** A FieldsV1 key as messages show it: `.image`, `[name="c",protocol="TCP"]`, `[="v"]`, `[2]`. */
export function showPathElement(text: string): string {
  const element = parsePathElement(text);
  switch (element?.kind) {
    case "field":
      return `.${element.name}`;
    case "key":
      return `[${element.keys.map(([name, value]) => `${name}=${formatShown(value)}`).join(",")}]`;
    case "value":
      return `[=${formatShown(element.value)}]`;
    case "index":
      return `[${element.index}]`;
    case undefined:
      return "{{invalid path element}}";
  }
}

/** A path as conflicts show it: `.spec.template.spec.containers[name="c"].image`. */
export function showPath(path: readonly string[]): string {
  return path.map(showPathElement).join("");
}
