import { parseInteger } from "./integer.ts";
import { parseTimestamp } from "./timestamp.ts";

/** A value that YAML can hold beyond JSON: text of a timestamp, infinity and not-a-number keep their tag. */
export interface Resolved {
  tag: string;
  value: null | boolean | number | bigint | string;
}

/** Text and tag contradict each other: what the text is. */
export interface Contradiction {
  actual: string;
}

const longPrefix = "tag:yaml.org,2002:";
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const floatPattern = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

const named: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ...entries("!!bool", true, ["true", "True", "TRUE"]),
  ...entries("!!bool", false, ["false", "False", "FALSE"]),
  ...entries("!!null", null, ["", "~", "null", "Null", "NULL"]),
  ...entries("!!float", Number.NaN, [".nan", ".NaN", ".NAN"]),
  ...entries("!!float", Infinity, [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"]),
  ...entries("!!float", -Infinity, ["-.inf", "-.Inf", "-.INF"]),
]);

const oldBooleans: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ...entries("!!bool", true, ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]),
  ...entries("!!bool", false, ["n", "N", "no", "No", "NO", "off", "Off", "OFF"]),
]);

function entries(tag: string, value: Resolved["value"], texts: readonly string[]): [string, Resolved][] {
  return texts.map((text) => [text, { tag, value }]);
}

/** `!!str` for `tag:yaml.org,2002:str`; other tags stay. */
export function shortTag(tag: string): string {
  return tag.startsWith(longPrefix) ? `!!${tag.slice(longPrefix.length)}` : tag;
}

/** `tag:yaml.org,2002:str` for `!!str`; other tags stay. */
export function longTag(tag: string): string {
  return tag.startsWith("!!") ? longPrefix + tag.slice(2) : tag;
}

/** Whether a text is a number to base 60 for YAML 1.1, such as `1:30`; go-yaml reads text, but quotes it. */
export function isBase60(text: string): boolean {
  return base60.test(text);
}

/** Whether YAML 1.1 reads a text as something that v3 takes as text and quotes all the same: `yes`, `n`, `1:30`. */
export function isOldNotation(text: string): boolean {
  return oldBooleans.has(text) || isBase60(text);
}

/** The tag of an unquoted scalar in v3; `<<` is text here, and a merge only where it is read. */
export function resolveTag(text: string): string {
  return mayResolve(text) ? resolvePlain(text, 3).tag : "!!str";
}

/** What an unquoted scalar without tag is, in v2 (YAML 1.1 booleans) or v3. */
export function resolvePlain(text: string, version: 2 | 3): Resolved {
  if (mayResolve(text)) {
    const found = named.get(text) ?? (version === 2 ? oldBooleans.get(text) : undefined);
    if (found !== undefined) return found;
    const first = text.charCodeAt(0);
    if (first === 0x2e) return resolveDotted(text);
    if (first < 0x3a) return resolveNumeric(text, version, true);
  }
  return { tag: "!!str", value: text };
}

/** What a scalar with a short tag is. Tags that are not YAML's own leave the text as it is. */
export function resolveTagged(tag: string, text: string, version: 2 | 3): Resolved | Contradiction {
  switch (tag) {
    case "!!bool":
    case "!!int":
    case "!!float":
    case "!!null":
    case "!!timestamp":
      break;
    default:
      return { tag, value: text };
  }
  const numeric = /^[-+0-9]/.test(text);
  const found = numeric ? resolveNumeric(text, version, tag === "!!timestamp") : resolvePlain(text, version);
  if (found.tag === tag) return found;
  // An integer beyond int64 is no float for go-yaml.
  const isSmall = typeof found.value === "number" || (typeof found.value === "bigint" && found.value < 2n ** 63n);
  if (tag === "!!float" && found.tag === "!!int" && isSmall) return { tag, value: Number(found.value) };
  return { actual: found.tag };
}

/** Only texts that start with a sign, digit, dot, `~` or one of the letters of the names can be anything but a string. */
function mayResolve(text: string): boolean {
  if (text === "") return true;
  const first = text.charCodeAt(0);
  if (first < 0x3a) return first >= 0x2b && first !== 0x2c && first !== 0x2f;
  switch (first | 0x20) {
    case 0x66: // f
    case 0x6e: // n
    case 0x6f: // o
    case 0x74: // t
    case 0x79: // y
      return text.length <= 5;
    default:
      return text === "~";
  }
}

function resolveDotted(text: string): Resolved {
  // Here alone Go's own parser decides, for which `_` may stand between digits.
  if (!/^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/.test(text)) return { tag: "!!str", value: text };
  return resolveFloat(text, text.replaceAll("_", ""));
}

function resolveFloat(text: string, plain: string): Resolved {
  const value = Number(plain);
  return Number.isFinite(value) ? { tag: "!!float", value } : { tag: "!!str", value: text };
}

function resolveNumeric(text: string, version: 2 | 3, mayBeTimestamp: boolean): Resolved {
  const found = named.get(text);
  if (found !== undefined) return found;
  if (mayBeTimestamp) {
    const timestamp = parseTimestamp(text);
    if (timestamp !== undefined) return { tag: "!!timestamp", value: timestamp };
  }
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const integer = parseInteger(plain, version);
  if (integer !== undefined) return { tag: "!!int", value: integer };
  if (floatPattern.test(plain)) return resolveFloat(text, plain);
  return { tag: "!!str", value: text };
}
