import { memberOf } from "@eddy/core/json";
import { compareGoStrings, decodeGoString, encodeGoString } from "../value/go-string.ts";
import { type GoType, goType } from "../value/go-type.ts";
import { Complex, type GoMap, type GoValue, Struct, typeOf } from "../value/go-value.ts";
import { integer, Integer, integerTypes } from "../value/integer.ts";
import { type Flags, noFlags, pad, truncate } from "./flags.ts";
import type { FloatFormat } from "./float.ts";
import {
  formatCharacter,
  formatFloatVerb,
  formatInteger,
  formatQuotedCharacter,
  formatUnicodeNumber,
} from "./format-number.ts";
import { canBackquote, quoteGoString } from "./quote.ts";

const bases: Readonly<Record<string, 2 | 8 | 10 | 16>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const ownPrecisions: Readonly<Record<string, [FloatFormat, number]>> = {
  v: ["g", -1],
  b: ["b", -1],
  g: ["g", -1],
  G: ["G", -1],
  x: ["x", -1],
  X: ["X", -1],
  f: ["f", 6],
  F: ["f", 6],
  e: ["e", 6],
  E: ["E", 6],
};
/** Addresses differ from run to run in Go; what prints one must print something. */
const someAddress = 0xc000000000n;
const maximumDepth = 1_000;

/** Prints one value after the other with a verb and flags, as Go's fmt does. */
export class Printer {
  text = "";
  flags: Flags = noFlags();
  private isErroring = false;

  /** A value that was passed to Printf or Print; `undefined` and `null` are nil. */
  printArgument(value: GoValue, verb: string): void {
    if (value === undefined || value === null) {
      this.text += verb === "T" || verb === "v" ? pad("<nil>", this.flags) : `%!${verb}(<nil>)`;
    } else if (verb === "T") {
      this.text += this.formatText(typeOf(value).name);
    } else if (verb === "p") {
      this.printPointer(value, verb);
    } else {
      this.printValue(value, verb, 0);
    }
  }

  private formatText(text: string): string {
    return pad(truncate(text, this.flags), this.flags);
  }

  private bad(value: GoValue, verb: string): void {
    this.isErroring = true;
    const type = value === null || value === undefined ? "" : `${typeOf(value).name}=`;
    this.text += `%!${verb}(${type}`;
    if (type === "") this.text += "<nil>";
    else this.printValue(value, "v", 0);
    this.text += ")";
    this.isErroring = false;
  }

  private printValue(value: GoValue, verb: string, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.printText(value, value, verb);
      case "number":
        return this.printFloat(value, verb);
      case "boolean":
        if (verb === "t" || verb === "v") this.text += pad(String(value), this.flags);
        else this.bad(value, verb);
        return;
      default:
        if (value === undefined || value === null) return this.printNested();
        return this.printObject(value as object, verb, depth);
    }
  }

  /** A nil inside a list, map or struct. */
  private printNested(): void {
    this.text += this.flags.sharpV ? "interface {}(nil)" : "<nil>";
  }

  private printObject(value: object, verb: string, depth: number): void {
    if (depth > maximumDepth) throw new Error(`print value: it is nested more than ${maximumDepth} times`);
    const type = typeOf(value);
    if (this.printByMethod(value, type, verb, depth)) return;
    if (value instanceof Integer) return this.printInteger(value, verb);
    if (value instanceof Uint8Array) return this.printBytes(value, type, verb, depth);
    if (value instanceof Complex) return this.printComplex(value, verb);
    if (Array.isArray(value)) return this.printList(value, type, verb, depth);
    if (value instanceof Struct) return this.printStruct(value, verb, depth);
    if (type.kind === "map") return this.printMap(value as GoMap, type, verb, depth);
    this.printPointer(value, verb);
  }

  /** Whether the value's type says itself how it is printed; `%w` is refused to all but basic values. */
  private printByMethod(value: object, type: GoType, verb: string, depth: number): boolean {
    if (this.isErroring) return false;
    if (verb === "w" && !(value instanceof Uint8Array && depth === 0)) {
      this.bad(value, verb);
      return true;
    }
    if (type.format === undefined || this.flags.sharpV || !"vsxXq".includes(verb)) return false;
    const text = (type.format as (self: unknown) => string)(value);
    this.printText(text, text, verb);
    return true;
  }

  private printText(text: string, value: GoValue, verb: string): void {
    switch (verb) {
      case "v":
        this.text += this.flags.sharpV ? this.quote(text) : this.formatText(text);
        return;
      case "s":
        this.text += this.formatText(text);
        return;
      case "q":
        this.text += this.quote(text);
        return;
      case "x":
      case "X":
        this.text += this.hexOf(encodeGoString(text), verb);
        return;
      default:
        this.bad(value, verb);
    }
  }

  private quote(whole: string): string {
    const text = truncate(whole, this.flags);
    if (this.flags.sharp && canBackquote(text)) return pad(`\`${text}\``, this.flags);
    return pad(quoteGoString(text, this.flags.plus), this.flags);
  }

  private hexOf(whole: Uint8Array, verb: "x" | "X"): string {
    const { flags } = this;
    const bytes = flags.precision === undefined ? whole : whole.subarray(0, flags.precision);
    const prefix = flags.sharp ? `0${verb}` : "";
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
    const pieces = verb === "X" ? digits.map((piece) => piece.toUpperCase()) : digits;
    if (pieces.length === 0) return (flags.zero && !flags.minus ? "0" : " ").repeat(flags.width ?? 0);
    const text = flags.space ? pieces.map((piece) => prefix + piece).join(" ") : prefix + pieces.join("");
    return pad(text, flags);
  }

  private printInteger(value: Integer, verb: string): void {
    const base = bases[verb];
    if (verb === "v" && this.flags.sharpV && !integerTypes[value.type].signed) {
      this.text += formatInteger(value.value, 16, verb, { ...this.flags, sharp: true });
    } else if (base !== undefined) this.text += formatInteger(value.value, base, verb, this.flags);
    else if (verb === "c") this.text += formatCharacter(value.value, this.flags);
    else if (verb === "q") this.text += formatQuotedCharacter(value.value, this.flags);
    else if (verb === "U") this.text += formatUnicodeNumber(value.value, this.flags);
    else this.bad(value, verb);
  }

  private printFloat(value: number, verb: string): void {
    const format = ownPrecisions[verb];
    if (format === undefined) this.bad(value, verb);
    else this.text += formatFloatVerb(value, format[0], format[1], this.flags);
  }

  private printComplex(value: Complex, verb: string): void {
    if (ownPrecisions[verb] === undefined) return this.bad(value, verb);
    const { plus } = this.flags;
    this.text += "(";
    this.printFloat(value.real, verb);
    this.flags.plus = true;
    this.printFloat(value.imaginary, verb);
    this.text += "i)";
    this.flags.plus = plus;
  }

  private printBytes(value: Uint8Array, type: GoType, verb: string, depth: number): void {
    if (verb === "s") this.text += this.formatText(decodeGoString(value));
    else if (verb === "q") this.text += this.quote(decodeGoString(value));
    else if (verb === "x" || verb === "X") this.text += this.hexOf(value, verb);
    else {
      const isNamed = depth === 0 && type.name === "[]uint8" && this.flags.sharpV && verb === "v";
      const items = Array.from(value, (byte) => integer("uint8", byte));
      this.printItems(items, isNamed ? "[]byte" : type.name, verb, depth);
    }
  }

  private printList(value: readonly GoValue[], type: GoType, verb: string, depth: number): void {
    this.printItems(value, type.name, verb, depth);
  }

  private printItems(items: readonly GoValue[], type: string, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    this.text += sharpV ? `${type}{` : "[";
    for (const [index, item] of items.entries()) {
      if (index > 0) this.text += sharpV ? ", " : " ";
      this.printValue(item, verb, depth + 1);
    }
    this.text += sharpV ? "}" : "]";
  }

  private printMap(map: GoMap, type: GoType, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    this.text += sharpV ? `${type.name}{` : "map[";
    let count = 0;
    for (const key of Object.keys(map).sort(compareGoStrings)) {
      const value = memberOf(map as never, key) as GoValue;
      if (value === undefined) continue;
      if (count++ > 0) this.text += sharpV ? ", " : " ";
      this.printValue(key, verb, depth + 1);
      this.text += ":";
      this.printValue(value, verb, depth + 1);
    }
    this.text += sharpV ? "}" : "]";
  }

  private printStruct(value: Struct, verb: string, depth: number): void {
    const { type, fields } = value;
    const struct = type.kind === "ptr" ? (type.elem ?? goType("any")) : type;
    if (type.kind === "ptr") {
      if (depth > 0) return this.printPointer(value, verb);
      this.text += "&";
    }
    const { sharpV, plusV } = this.flags;
    if (sharpV) this.text += struct.name;
    this.text += "{";
    for (const [index, name] of Object.keys(struct.fields ?? {}).entries()) {
      if (index > 0) this.text += sharpV ? ", " : " ";
      if (sharpV || plusV) this.text += `${name}:`;
      this.printValue(memberOf(fields as never, name), verb, depth + 1);
    }
    this.text += "}";
  }

  private printPointer(value: GoValue, verb: string): void {
    const { kind, name } = typeOf(value);
    if (kind !== "ptr" && kind !== "func" && kind !== "map" && kind !== "slice") return this.bad(value, verb);
    if (verb === "p") throw new Error(`print address of ${name}: addresses differ from run to run`);
    if (verb === "v" && this.flags.sharpV) this.text += `(${name})(0x${someAddress.toString(16)})`;
    else if (verb === "v")
      this.text += formatInteger(someAddress, 16, "v", { ...this.flags, sharp: !this.flags.sharp });
    else if ("bodxX".includes(verb)) this.printInteger(integer("uint64", someAddress), verb);
    else this.bad(value, verb);
  }
}
