import { africanName, zoneNameOf } from "./zone-names.ts";

/** Time zones by the names of the IANA database, through Intl. Source: Go's time.LoadLocation. */

/** What a clock in a zone shows at an instant. */
export interface ZoneOffset {
  /** Seconds east of UTC. */
  readonly seconds: number;
  /** `CET`, `+03`, or "" where there is none. */
  readonly name: string;
}

/** A time zone. */
export interface Zone {
  readonly name: string;
  at(epochSeconds: number): ZoneOffset;
}

const utcOffset: ZoneOffset = { seconds: 0, name: "UTC" };

/** UTC. */
export const utc: Zone = { name: "UTC", at: () => utcOffset };

/** A zone that never changes. */
export function fixedZone(name: string, seconds: number): Zone {
  const offset = { seconds, name };
  return { name, at: () => offset };
}

/** In each of these, other zones have names of their own; elsewhere they are `GMT+1`. */
const namingLocales = ["en-US", "en-GB", "en-AU", "en-NZ", "en-CA"];

const zones = new Map<string, Zone | undefined>();

/** A zone by its name in the database; undefined if there is none. "" is UTC. */
export function loadZone(name: string): Zone | undefined {
  if (name === "" || name === "UTC") return utc;
  if (zones.has(name)) return zones.get(name);
  const zone = makeZone(name);
  if (zones.size < 1_000) zones.set(name, zone);
  return zone;
}

function makeZone(name: string): Zone | undefined {
  // Intl takes names in any case and offsets like +01:00; the database's files have none of these.
  if (!/^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(name)) return undefined;
  try {
    const clock = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    return { name, at: (epochSeconds) => offsetAt(clock, name, epochSeconds) };
  } catch {
    return undefined;
  }
}

function offsetAt(clock: Intl.DateTimeFormat, zone: string, epochSeconds: number): ZoneOffset {
  // Beyond what Intl knows, the first and last known rules hold.
  const bounded = Math.min(Math.max(epochSeconds, -62_135_596_800), 8.64e12);
  const parts: Record<string, string> = {};
  for (const { type, value } of clock.formatToParts(bounded * 1_000)) parts[type] = value;
  const field = (part: string): number => Number(parts[part]);
  const year = parts["era"]?.startsWith("B") === true ? 1 - field("year") : field("year");
  const shown = new Date(0);
  shown.setUTCFullYear(year, field("month") - 1, field("day"));
  shown.setUTCHours(field("hour"), field("minute"), field("second"));
  const seconds = shown.getTime() / 1_000 - Math.floor(bounded);
  return { seconds, name: abbreviationAt(zone, bounded, seconds) };
}

const formats = new Map<string, readonly Intl.DateTimeFormat[]>();

function namingFormats(zone: string): readonly Intl.DateTimeFormat[] {
  let known = formats.get(zone);
  if (known === undefined) {
    known = namingLocales.map((locale) => new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }));
    if (formats.size < 100) formats.set(zone, known);
  }
  return known;
}

function abbreviationAt(zone: string, epochSeconds: number, offset: number): string {
  if (/^Etc\/(?:UTC|UCT|Zulu|Universal)$/.test(zone)) return "UTC";
  const known = zoneNameOf(zone, offset);
  if (known !== undefined) return known === "" ? numericName(offset) : known;
  for (const format of namingFormats(zone)) {
    const name = format.formatToParts(epochSeconds * 1_000).find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return africanName(zone, offset) ?? numericName(offset);
}

/** `+03`, `-0330`: what the database calls zones that have no name of their own. */
function numericName(offset: number): string {
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}${minutes % 60 === 0 ? "" : two(minutes % 60)}`;
}
