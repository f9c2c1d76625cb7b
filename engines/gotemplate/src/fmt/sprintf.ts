import { type GoValue, typeOf } from "../value/go-value.ts";
import { Integer } from "../value/integer.ts";
import { noFlags } from "./flags.ts";
import { Printer } from "./printer.ts";
import { printOne } from "./sprint.ts";

const tooLarge = 1_000_000;

/**
 * fmt.Sprintf. What does not fit is shown as Go shows it: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA int=1)`.
 * `charge` is told of widths and precisions before they are used.
 */
export function sprintf(format: string, values: readonly GoValue[], charge?: (amount: number) => void): string {
  return new Formatter(format, values, charge).run();
}

class Formatter {
  private readonly format: string;
  private readonly values: readonly GoValue[];
  private readonly charge: ((amount: number) => void) | undefined;
  private readonly printer = new Printer();
  private at = 0;
  private argument = 0;
  private isReordered = false;
  private isGoodArgument = true;
  private isAfterIndex = false;

  constructor(format: string, values: readonly GoValue[], charge: ((amount: number) => void) | undefined) {
    this.format = format;
    this.values = values;
    this.charge = charge;
  }

  run(): string {
    const { format, printer } = this;
    while (this.at < format.length) {
      const percent = format.indexOf("%", this.at);
      const end = percent < 0 ? format.length : percent;
      printer.text += format.slice(this.at, end);
      this.at = end + 1;
      if (percent >= 0) this.directive();
    }
    if (!this.isReordered && this.argument < this.values.length) this.extra();
    return printer.text;
  }

  /** One `%…`, the percent sign behind us. */
  private directive(): void {
    this.isGoodArgument = true;
    this.printer.flags = noFlags();
    if (this.readFlags()) return;
    this.isAfterIndex = this.readIndex();
    this.readWidth();
    this.readPrecision();
    if (!this.isAfterIndex) this.isAfterIndex = this.readIndex();
    this.readVerb();
  }

  /** Flags; true where a simple verb came right after them and is done. */
  private readFlags(): boolean {
    const { flags } = this.printer;
    for (; this.at < this.format.length; this.at++) {
      const char = this.format[this.at] as string;
      if (char === "#") flags.sharp = true;
      else if (char === "0") flags.zero = true;
      else if (char === "+") flags.plus = true;
      else if (char === "-") flags.minus = true;
      else if (char === " ") flags.space = true;
      else if (char >= "a" && char <= "z" && this.argument < this.values.length) {
        this.at++;
        this.print(char);
        return true;
      } else return false;
    }
    return false;
  }

  private print(verb: string): void {
    const { flags } = this.printer;
    if (verb === "v" || verb === "w") {
      flags.sharpV = flags.sharp;
      flags.sharp = false;
      flags.plusV = flags.plus;
      flags.plus = false;
    }
    this.printer.printArgument(this.values[this.argument++], verb);
  }

  /** `[3]`: whether one was found; a bad one makes the verb bad. */
  private readIndex(): boolean {
    if (this.format[this.at] !== "[") return false;
    this.isReordered = true;
    const close = this.format.indexOf("]", this.at + 1);
    if (close < 0 || this.format.length - this.at < 3) {
      this.isGoodArgument = false;
      this.at++;
      return false;
    }
    const digits = this.format.slice(this.at + 1, close);
    this.at = close + 1;
    const isNumber = /^[0-9]+$/.test(digits) && Number(digits) <= tooLarge * 10 + 9;
    const index = Number(digits) - 1;
    if (isNumber && index >= 0 && index < this.values.length) {
      this.argument = index;
      return true;
    }
    this.isGoodArgument = false;
    return isNumber;
  }

  private readWidth(): void {
    const { flags } = this.printer;
    if (this.format[this.at] === "*") {
      this.at++;
      const width = this.readStar();
      if (width === undefined) this.printer.text += "%!(BADWIDTH)";
      flags.width = width;
      if (width !== undefined && width < 0) {
        flags.width = -width;
        flags.minus = true;
        flags.zero = false;
      }
      this.isAfterIndex = false;
    } else {
      flags.width = this.readNumber();
      if (this.isAfterIndex && flags.width !== undefined) this.isGoodArgument = false;
    }
    this.charge?.(flags.width ?? 0);
  }

  private readPrecision(): void {
    const { flags } = this.printer;
    if (this.format[this.at] !== "." || this.at + 1 >= this.format.length) return;
    this.at++;
    if (this.isAfterIndex) this.isGoodArgument = false;
    this.isAfterIndex = this.readIndex();
    if (this.format[this.at] === "*") {
      this.at++;
      const precision = this.readStar();
      flags.precision = precision !== undefined && precision >= 0 ? precision : undefined;
      if (flags.precision === undefined) this.printer.text += "%!(BADPREC)";
      this.isAfterIndex = false;
    } else {
      flags.precision = this.readNumber() ?? 0;
    }
    this.charge?.(flags.precision ?? 0);
  }

  /** The argument that `*` stands for; undefined where it is no integer or too large. */
  private readStar(): number | undefined {
    if (this.argument >= this.values.length) return undefined;
    const value = this.values[this.argument++];
    if (!(value instanceof Integer)) return undefined;
    const number = Number(value.value);
    return Math.abs(number) > tooLarge ? undefined : number;
  }

  /** Digits; where they are too many Go gives up on the whole format. */
  private readNumber(): number | undefined {
    let number: number | undefined;
    for (; this.at < this.format.length; this.at++) {
      const char = this.format[this.at] as string;
      if (char < "0" || char > "9") return number;
      if (number !== undefined && number > tooLarge) {
        this.at = this.format.length;
        return undefined;
      }
      number = (number ?? 0) * 10 + Number(char);
    }
    return number;
  }

  private readVerb(): void {
    const { printer } = this;
    const code = this.format.codePointAt(this.at);
    if (code === undefined) {
      printer.text += "%!(NOVERB)";
      return;
    }
    const char = String.fromCodePoint(code);
    this.at += char.length;
    const verb = code >= 0xdc80 && code <= 0xdcff ? "\ufffd" : char;
    if (verb === "%") printer.text += "%";
    else if (!this.isGoodArgument) printer.text += `%!${verb}(BADINDEX)`;
    else if (this.argument >= this.values.length) printer.text += `%!${verb}(MISSING)`;
    else this.print(verb);
  }

  private extra(): void {
    const shown = this.values.slice(this.argument).map((value) => {
      if (value === undefined || value === null) return "<nil>";
      return `${typeOf(value).name}=${printOne(value)}`;
    });
    this.printer.text += `%!(EXTRA ${shown.join(", ")})`;
  }
}
