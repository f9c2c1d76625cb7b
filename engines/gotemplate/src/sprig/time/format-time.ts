import { type Civil, dayNames, monthNames } from "./civil.ts";
import { piecesOf } from "./layout.ts";
import type { ZoneOffset } from "./zone.ts";

/** What is shown of an instant. */
export interface Shown {
  readonly civil: Civil;
  readonly nanos: number;
  readonly offset: ZoneOffset;
}

function padded(value: number, width: number, filler = "0"): string {
  const digits = String(Math.abs(value)).padStart(width, filler);
  return value < 0 ? `-${digits}` : digits;
}

function name(names: readonly string[], index: number, length?: number): string {
  return (names[index] ?? "").slice(0, length);
}

function hour12({ hour }: Civil): number {
  return hour % 12 === 0 ? 12 : hour % 12;
}

function amOrPm({ hour }: Civil): string {
  return hour >= 12 ? "PM" : "AM";
}

const writers: Readonly<Record<string, (civil: Civil) => string>> = {
  "2006": ({ year }) => padded(year, 4),
  "06": ({ year }) => padded(Math.max(0, year) % 100, 2),
  January: ({ month }) => name(monthNames, month - 1),
  Jan: ({ month }) => name(monthNames, month - 1, 3),
  "1": ({ month }) => String(month),
  "01": ({ month }) => padded(month, 2),
  Monday: ({ weekday }) => name(dayNames, weekday),
  Mon: ({ weekday }) => name(dayNames, weekday, 3),
  "2": ({ day }) => String(day),
  _2: ({ day }) => padded(day, 2, " "),
  "02": ({ day }) => padded(day, 2),
  __2: ({ yearDay }) => padded(yearDay, 3, " "),
  "002": ({ yearDay }) => padded(yearDay, 3),
  "15": ({ hour }) => padded(hour, 2),
  "3": (civil) => String(hour12(civil)),
  "03": (civil) => padded(hour12(civil), 2),
  "4": ({ minute }) => String(minute),
  "04": ({ minute }) => padded(minute, 2),
  "5": ({ second }) => String(second),
  "05": ({ second }) => padded(second, 2),
  PM: amOrPm,
  pm: (civil) => amOrPm(civil).toLowerCase(),
};

/** `-0700` and its kin; a `Z` stands for no offset. */
function offsetText(element: string, { seconds }: ZoneOffset): string {
  if (element.startsWith("Z") && seconds === 0) return "Z";
  const size = Math.abs(seconds);
  const colon = element.includes(":") ? ":" : "";
  let text = `${Math.trunc(seconds / 60) < 0 ? "-" : "+"}${padded(Math.trunc(size / 3_600), 2)}`;
  if (element.length > 3) text += `${colon}${padded(Math.trunc(size / 60) % 60, 2)}`;
  if (element.length >= 7) text += `${colon}${padded(size % 60, 2)}`;
  return text;
}

function zoneName({ name: known, seconds }: ZoneOffset): string {
  if (known !== "") return known;
  const minutes = Math.trunc(seconds / 60);
  return `${minutes < 0 ? "-" : "+"}${padded(Math.trunc(Math.abs(minutes) / 60), 2)}${padded(Math.abs(minutes) % 60, 2)}`;
}

function fraction(element: string, nanos: number): string {
  const digits = padded(nanos, 9).slice(0, element.length - 1);
  if (element[1] === "0") return element[0] + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : `${element[0]}${trimmed}`;
}

/** An instant as a layout shows it. Source: Go's Time.Format. */
export function formatTime(layout: string, { civil, nanos, offset }: Shown): string {
  let text = "";
  for (const { prefix, element } of piecesOf(layout)) {
    text += prefix;
    const write = writers[element];
    if (write !== undefined) text += write(civil);
    else if (element === "MST") text += zoneName(offset);
    else if (/^[.,]/.test(element)) text += fraction(element, nanos);
    else if (element !== "") text += offsetText(element, offset);
  }
  return text;
}
