const date = "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})";
const time = "([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]+))?";
const withZone = new RegExp(`^${date}[Tt]${time}(Z|[-+][0-9]{2}:[0-9]{2})$`);
const withSpace = new RegExp(`^${date} +${time}$`);
const dateOnly = new RegExp(`^${date}$`);

/**
 * A timestamp in the forms that go-yaml takes, as RFC 3339 text with the offset it was given in (`Z` for none), or
 * undefined. The forms: a date; date, `T` and time with zone; date, space and time without zone.
 */
export function parseTimestamp(text: string): string | undefined {
  if (text.charCodeAt(4) !== 0x2d) return undefined;
  const match = dateOnly.exec(text) ?? withZone.exec(text) ?? withSpace.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((part) => Number(match[part] ?? 0)) as Six;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = zoneOf(match[8]);
  if (zone === undefined) return undefined;
  const clock = [hour, minute, second].map((part) => pad(part, 2)).join(":");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}${fraction(match[7])}${zone}`;
}

type Six = [number, number, number, number, number, number];

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Nanoseconds without trailing zeros. */
function fraction(digits: string | undefined): string {
  const kept = (digits ?? "").slice(0, 9).replace(/0+$/, "");
  return kept === "" ? "" : `.${kept}`;
}

/** An offset of nothing is UTC. */
function zoneOf(zone: string | undefined): string | undefined {
  if (zone === undefined || zone === "Z") return "Z";
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (hours > 24 || minutes > 60) return undefined;
  return hours === 0 && minutes === 0 ? "Z" : zone;
}
