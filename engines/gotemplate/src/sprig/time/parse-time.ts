import { Buffer } from "node:buffer";
import { quoteForTime } from "@eddy/core/duration";
import { encodeGoString, isAscii } from "../../value/go-string.ts";
import { CallError } from "../call-error.ts";
import { dayNames, daysInMonth, isLeapYear, monthNames } from "./civil.ts";
import { type LayoutPiece, piecesOf } from "./layout.ts";

/** What a text says about an instant. */
export interface ReadTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  /** It said that it is UTC. */
  isUtc: boolean;
  /** Seconds east, where it gave an offset. */
  offset: number | undefined;
  /** As in `MST`, "" if none. */
  zoneName: string;
}

/** A character here is a byte. */
function quote(bytes: string): string {
  return quoteForTime(Buffer.from(bytes, "latin1"));
}

/** A field does not look as its element of the layout. */
const mismatch: unique symbol = Symbol("mismatch");

class TimeReader {
  private readonly layout: string;
  private readonly text: string;
  private rest: string;
  private yearDay = -1;
  private half: "am" | "pm" | undefined;
  private outOfRange = "";
  private readonly read: ReadTime = {
    year: 0,
    month: -1,
    day: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanos: 0,
    isUtc: false,
    offset: undefined,
    zoneName: "",
  };

  constructor(layout: string, text: string) {
    this.layout = layout;
    this.text = text;
    this.rest = text;
  }

  run(): ReadTime {
    const pieces = piecesOf(this.layout);
    for (const [index, piece] of pieces.entries()) {
      this.skip(piece.prefix);
      if (piece.element === "") break;
      this.element(piece, pieces[index + 1]);
    }
    if (this.rest !== "") throw this.error(`: extra text: ${quote(this.rest)}`);
    return this.finish();
  }

  private error(message: string): CallError {
    return new CallError(`parsing time ${quote(this.text)}${message}`);
  }

  private cannotParse(value: string, element: string): CallError {
    return this.error(` as ${quote(this.layout)}: cannot parse ${quote(value)} as ${quote(element)}`);
  }

  /** Text of the layout; a blank in it stands for any number of them. */
  private skip(prefix: string): void {
    let wanted = prefix;
    while (wanted !== "") {
      if (wanted.startsWith(" ")) {
        if (this.rest !== "" && !this.rest.startsWith(" ")) throw this.cannotParse(this.rest, prefix);
        wanted = wanted.replace(/^ +/, "");
        this.rest = this.rest.replace(/^ +/, "");
        continue;
      }
      if (this.rest[0] !== wanted[0]) throw this.cannotParse(this.rest, prefix);
      wanted = wanted.slice(1);
      this.rest = this.rest.slice(1);
    }
  }

  private element({ element }: LayoutPiece, next: LayoutPiece | undefined): void {
    const before = this.rest;
    try {
      this.field(element, next);
    } catch (error) {
      if (error === mismatch) throw this.cannotParse(before, element);
      throw error;
    }
    if (this.outOfRange !== "") throw this.error(`: ${this.outOfRange} out of range`);
  }

  private take(pattern: RegExp): RegExpExecArray {
    const match = pattern.exec(this.rest);
    if (match === null) throw mismatch;
    this.rest = this.rest.slice(match[0].length);
    return match;
  }

  private number(isFixed: boolean): number {
    return Number(this.take(isFixed ? /^[0-9]{2}/ : /^[0-9]{1,2}/)[0]);
  }

  private check(isWrong: boolean, field: string): void {
    if (isWrong) this.outOfRange = field;
  }

  private nameOf(names: readonly string[], length?: number): number {
    const lower = this.rest.toLowerCase();
    const index = names.findIndex((name) => lower.startsWith(name.slice(0, length).toLowerCase()));
    if (index < 0) throw mismatch;
    this.rest = this.rest.slice((names[index] as string).slice(0, length).length);
    return index;
  }

  private field(element: string, next: LayoutPiece | undefined): void {
    const { read } = this;
    switch (element) {
      case "06": {
        const year = Number(this.take(/^[0-9]{2}/)[0]);
        read.year = year + (year >= 69 ? 1900 : 2000);
        return;
      }
      case "2006":
        read.year = Number(this.take(/^[0-9]{4}/)[0]);
        return;
      case "Jan":
      case "January":
        read.month = this.nameOf(monthNames, element.length === 3 ? 3 : undefined) + 1;
        return;
      case "Mon":
      case "Monday":
        this.nameOf(dayNames, element.length === 3 ? 3 : undefined);
        return;
      case "1":
      case "01":
        read.month = this.number(element === "01");
        return this.check(read.month <= 0 || read.month > 12, "month");
      default:
        return this.dayOrTime(element, next);
    }
  }

  private dayOrTime(element: string, next: LayoutPiece | undefined): void {
    const { read } = this;
    switch (element) {
      case "2":
      case "_2":
      case "02":
        if (element === "_2") this.rest = this.rest.replace(/^ /, "");
        read.day = this.number(element === "02");
        return;
      case "__2":
      case "002":
        if (element === "__2") this.rest = this.rest.replace(/^ {0,2}/, "");
        this.yearDay = Number(this.take(element === "002" ? /^[0-9]{3}/ : /^[0-9]{1,3}/)[0]);
        return;
      case "15":
      case "3":
      case "03":
        read.hour = this.number(element === "03");
        return this.check(element === "15" ? read.hour >= 24 : read.hour > 12, "hour");
      case "4":
      case "04":
        read.minute = this.number(element === "04");
        return this.check(read.minute >= 60, "minute");
      case "5":
      case "05":
        return this.seconds(element === "05", next);
      case "PM":
      case "pm":
        this.half = this.take(element === "PM" ? /^(?:AM|PM)/ : /^(?:am|pm)/)[0].toLowerCase() as "am" | "pm";
        return;
      default:
        return this.zoneOrFraction(element);
    }
  }

  /** Seconds may have a fraction even if the layout does not say so. */
  private seconds(isFixed: boolean, next: LayoutPiece | undefined): void {
    this.read.second = this.number(isFixed);
    this.check(this.read.second >= 60, "second");
    if (this.outOfRange !== "" || !/^[.,][0-9]/.test(this.rest)) return;
    if (next !== undefined && /^[.,]/.test(next.element)) return;
    this.fraction(this.take(/^[.,][0-9]+/)[0]);
  }

  private fraction(text: string): void {
    this.read.nanos = Number(text.slice(1, 10).padEnd(9, "0"));
  }

  private zoneOrFraction(element: string): void {
    if (element === "MST") return this.zoneName();
    if (/^[.,]0/.test(element)) {
      const digits = element.length - 1;
      const match = this.take(new RegExp(`^[.,][0-9]{${digits}}`));
      return this.fraction(match[0]);
    }
    if (/^[.,]9/.test(element)) {
      if (/^[.,][0-9]/.test(this.rest)) this.fraction(this.take(/^[.,][0-9]+/)[0]);
      return;
    }
    if (element.startsWith("Z") && this.rest.startsWith("Z")) {
      this.rest = this.rest.slice(1);
      this.read.isUtc = true;
      return;
    }
    this.offset(element);
  }

  private offset(element: string): void {
    const colon = element.includes(":") ? ":" : "";
    const parts =
      element.length === 3 ? 1 : element.length >= 7 && element !== "-07:00" && element !== "Z07:00" ? 3 : 2;
    const groups = Array.from({ length: parts }, () => "(..)").join(colon);
    const [, sign, ...numbers] = this.take(new RegExp(`^(.)${groups}`));
    const [hours = 0, minutes = 0, seconds = 0] = numbers.map((text) => {
      if (!/^[0-9]{2}$/.test(text)) throw mismatch;
      return Number(text);
    });
    this.check(hours > 24, "time zone offset hour");
    this.check(minutes > 60, "time zone offset minute");
    this.check(seconds > 60, "time zone offset second");
    // A number that is out of range is told before a sign that is none.
    if (this.outOfRange !== "") return;
    if (sign !== "+" && sign !== "-") throw mismatch;
    this.read.offset = (hours * 3_600 + minutes * 60 + seconds) * (sign === "-" ? -1 : 1);
  }

  private zoneName(): void {
    if (this.rest.startsWith("UTC")) {
      this.rest = this.rest.slice(3);
      this.read.isUtc = true;
      return;
    }
    const length = zoneNameLength(this.rest);
    if (length === 0) throw mismatch;
    this.read.zoneName = this.rest.slice(0, length);
    this.rest = this.rest.slice(length);
  }

  private finish(): ReadTime {
    const { read } = this;
    if (this.half === "pm" && read.hour < 12) read.hour += 12;
    else if (this.half === "am" && read.hour === 12) read.hour = 0;
    if (this.yearDay >= 0) this.fromYearDay();
    else {
      if (read.month < 0) read.month = 1;
      if (read.day < 0) read.day = 1;
    }
    if (read.day < 1 || read.day > daysInMonth(read.year, read.month)) throw this.error(": day out of range");
    return read;
  }

  private fromYearDay(): void {
    const { read } = this;
    if (this.yearDay < 1 || this.yearDay > (isLeapYear(read.year) ? 366 : 365)) {
      throw this.error(": day-of-year out of range");
    }
    let month = 1;
    let day = this.yearDay;
    for (; day > daysInMonth(read.year, month); month++) day -= daysInMonth(read.year, month);
    if (read.month >= 0 && read.month !== month) throw this.error(": day-of-year does not match month");
    if (read.day >= 0 && read.day !== day) throw this.error(": day-of-year does not match day");
    read.month = month;
    read.day = day;
  }
}

/** How long the abbreviation of a zone at the start of a text is, 0 if none. Source: Go's parseTimeZone. */
function zoneNameLength(text: string): number {
  if (text.length < 3) return 0;
  if (/^(?:ChST|MeST)/.test(text)) return 4;
  if (text.startsWith("GMT")) return 3 + signedHours(text.slice(3));
  if (/^[+-]/.test(text)) return signedHours(text);
  const capitals = /^[A-Z]{0,6}/.exec(text)?.[0] ?? "";
  if (capitals.length === 3) return 3;
  if (capitals.length === 4) return capitals.endsWith("T") || capitals === "WITA" ? 4 : 0;
  return capitals.length === 5 && capitals.endsWith("T") ? 5 : 0;
}

/** `+3`, `-11`: up to 23 hours. */
function signedHours(text: string): number {
  const match = /^[+-]([0-9]+)/.exec(text);
  return match === null || Number(match[1]) > 23 ? 0 : match[0].length;
}

function bytesOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(encodeGoString(text)).toString("latin1");
}

/**
 * Reads a text by a layout.
 * Source: Go's time.Parse.
 * @throws CallError with Go's words
 */
export function readTime(layout: string, text: string): ReadTime {
  // Go compares bytes, and shows what is left of a text that differs in the midst of a character.
  return new TimeReader(bytesOf(layout), bytesOf(text)).run();
}
