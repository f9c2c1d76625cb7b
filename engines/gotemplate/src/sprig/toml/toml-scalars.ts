import { quoteGoString } from "../../fmt/quote.ts";
import type { GoValue } from "../../value/go-value.ts";
import { int64 } from "../../value/integer.ts";
import { CallError } from "../call-error.ts";
import { parseFloat64, parseInteger } from "../cast.ts";
import { type GoTime, parseTime } from "../time/go-time.ts";
import { fixedZone, utc, type Zone } from "../time/zone.ts";

/** Numbers and times of TOML from their texts. Source: BurntSushi/toml 1.6's parser. */

/** Underscores must stand between digits. */
function underscoresStandWell(text: string): boolean {
  return /^[+-]?(?:nan|inf)$/.test(text) || (!/(?:^|[^0-9a-fA-F])_/.test(text) && /[0-9a-fA-F]$/.test(text));
}

function hasLeadingZero(text: string): boolean {
  return (text.length > 1 && /^0(?![box])/.test(text)) || (text.length > 2 && /^[+-]0/.test(text));
}

/** @throws CallError with what is wrong, without a position */
export function readInteger(text: string): GoValue {
  const shown = `Invalid integer ${quoteGoString(text)}`;
  if (!underscoresStandWell(text)) throw new CallError(`${shown}: underscores must be surrounded by digits`);
  if (hasLeadingZero(text)) throw new CallError(`${shown}: cannot have leading zeroes`);
  const value = parseInteger(text);
  if (value === undefined) throw new CallError(`${text} is out of range for int64`);
  return int64(value);
}

/** @throws CallError with what is wrong, without a position */
export function readFloat(text: string): number {
  const shown = `Invalid float ${quoteGoString(text)}`;
  const parts = text.split(/[.eE]+/).filter((part) => part !== "");
  if (!parts.every(underscoresStandWell)) throw new CallError(`${shown}: underscores must be surrounded by digits`);
  if (parts[0] !== undefined && hasLeadingZero(parts[0])) throw new CallError(`${shown}: cannot have leading zeroes`);
  if (/\.(?![0-9])/.test(text)) throw new CallError(`${shown}: '.' must be followed by one or more digits`);
  const plain = text.replaceAll("_", "").replace(/^[+-](?=nan$)/, "");
  const value = parseFloat64(plain);
  if (value !== undefined) return value;
  const isLarge = /^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(plain);
  throw new CallError(isLarge ? `${text} is out of range for float64` : `Invalid float value: ${quoteGoString(text)}`);
}

const layouts: readonly (readonly [layout: string, zone: Zone])[] = [
  ["2006-01-02T15:04:05.999999999Z07:00", utc],
  ["2006-01-02T15:04:05.999999999", fixedZone("datetime-local", 0)],
  ["2006-01-02", fixedZone("date-local", 0)],
  ["15:04:05.999999999", fixedZone("time-local", 0)],
  ["2006-01-02T15:04Z07:00", utc],
  ["2006-01-02T15:04", fixedZone("datetime-local", 0)],
  ["15:04", fixedZone("time-local", 0)],
];

/** Go reads `1:00` too; in TOML every separator has its place. */
function lacksZero(text: string, layout: string): boolean {
  for (let at = 0; at < layout.length; at++) {
    const char = layout[at] as string;
    if (char === "." || char === "Z") return false;
    if (!/[0-9]/.test(char) && text[at] !== char) return true;
  }
  return false;
}

/** @throws CallError with what is wrong, without a position */
export function readDatetime(raw: string): GoTime {
  const text = raw.replaceAll("z", "Z").replace(/[t ]/g, "T");
  for (const [layout, zone] of layouts) {
    let time: GoTime;
    try {
      time = parseTime(layout, text, zone);
    } catch {
      continue;
    }
    if (lacksZero(text, layout)) break;
    return time;
  }
  throw new CallError(`invalid datetime: ${quoteGoString(text)}`);
}
