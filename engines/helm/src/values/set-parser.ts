import { quoteGo } from "@eddy/core/go-text";
import { isObject, setMember } from "@eddy/core/json";
import { HelmError } from "../error.ts";
import { toFloats } from "./read-values.ts";
import type { JsonValueReader } from "./set-json.ts";
import type { Value, Values } from "./values.ts";

/** Makes a value of the text behind `=`. */
export type SetReader = (text: string) => Value;

/** Which of the `--set` flags is read. */
export interface SetParserOptions {
  /** A backslash takes the next character as it is, and commas end values; otherwise a value goes to the end. */
  readonly escapes: boolean;
  readonly read: SetReader;
  /** Values are JSON. */
  readonly json?: JsonValueReader;
}

const maxIndex = 65_536;
const maxNesting = 30;

/** The end of the text where a key or value might have come. */
const atEnd: unique symbol = Symbol("end");

/**
 * Reads one `--set` argument into values. The order of its steps, and what is set before an error, is upstream's.
 * Source: Helm `strvals`.
 */
export class SetParser {
  private readonly chars: readonly string[];
  private readonly options: SetParserOptions;
  private at = 0;

  constructor(text: string, options: SetParserOptions) {
    this.chars = Array.from(text);
    this.options = options;
  }

  /** @throws HelmError (terminal) in upstream's words */
  parse(into: Values): void {
    while (this.key(into, 0) !== atEnd);
  }

  private key(into: Values, nesting: number): typeof atEnd | undefined {
    const stops = this.options.escapes ? "=[,." : "=[.";
    const { text: name, stop } = this.until(stops);
    if (stop === undefined) {
      if (name === "") return atEnd;
      throw new HelmError(`key ${quoteGo(name)} has no value`);
    }
    if (stop === "[") return this.indexed(into, name, nesting);
    if (stop === "=") return this.assign((value) => set(into, name, value));
    if (stop === ",") {
      set(into, name, "");
      throw new HelmError(`key ${quoteGo(name)} has no value (cannot end with ,)`);
    }
    return this.nested(into, name, nesting + 1);
  }

  private nested(into: Values, name: string, nesting: number): typeof atEnd | undefined {
    if (nesting > maxNesting)
      throw new HelmError(`value name nested level is greater than maximum supported nested level of ${maxNesting}`);
    const present = Object.hasOwn(into, name) ? into[name] : undefined;
    const inner = present === undefined ? {} : asTable(present);
    let result: typeof atEnd | undefined;
    try {
      result = this.key(inner, nesting);
    } finally {
      if (Object.keys(inner).length > 0) set(into, name, inner);
    }
    if (result === undefined && Object.keys(inner).length === 0)
      throw new HelmError(`key map ${quoteGo(name)} has no value`);
    return result;
  }

  private indexed(into: Values, name: string, nesting: number): typeof atEnd | undefined {
    const index = this.index();
    if (index === undefined) return atEnd;
    const list = Object.hasOwn(into, name) ? asList(into[name] as Value) : [];
    const [changed, result] = this.item(list, index, nesting);
    set(into, name, changed);
    return result;
  }

  /** Undefined where the text ends first, which Helm 4 takes for its end. */
  private index(): number | undefined {
    const { text, stop } = this.until("]");
    if (stop === undefined) return undefined;
    if (!/^[+-]?[0-9]+$/.test(text))
      throw new HelmError(`error parsing index: strconv.Atoi: parsing ${quoteGo(text)}: invalid syntax`);
    const index = BigInt(text.replace(/^\+/, ""));
    if (index >= 2n ** 63n || index < -(2n ** 63n))
      throw new HelmError(`error parsing index: strconv.Atoi: parsing ${quoteGo(text)}: value out of range`);
    return Number(index);
  }

  private item(list: Value[], index: number, nesting: number): [Value[], typeof atEnd | undefined] {
    if (index < 0) throw new HelmError(`negative ${index} index not allowed`);
    const { text, stop } = this.until("[.=");
    if (text !== "") throw new HelmError(`unexpected data at end of array index: ${quoteGo(text)}`);
    if (stop === undefined) return [list, atEnd];
    if (stop === "=") {
      let changed = list;
      const result = this.assign((value) => {
        changed = setIndex(list, index, value);
      });
      // An empty value at the end is set, and the end is found by whoever looks for the next key.
      return [changed, result === atEnd ? undefined : result];
    }
    if (stop === "[") return this.itemOfItem(list, index, nesting);
    return this.memberOfItem(list, index, nesting);
  }

  private itemOfItem(list: Value[], index: number, nesting: number): [Value[], typeof atEnd | undefined] {
    const next = this.index();
    if (next === undefined) return [list, atEnd];
    const present = list[index];
    const [inner, result] = this.item(present === undefined || present === null ? [] : asList(present), next, nesting);
    return result === atEnd ? [list, result] : [setIndex(list, index, inner), undefined];
  }

  private memberOfItem(list: Value[], index: number, nesting: number): [Value[], typeof atEnd | undefined] {
    const present = list[index];
    const inner = isObject(present) ? present : {};
    if (index < list.length && !isObject(present)) list[index] = inner;
    const result = this.key(inner, nesting);
    return result === atEnd ? [list, result] : [setIndex(list, index, inner), undefined];
  }

  /** What stands behind `=`. At the very end of the text that is "". */
  private assign(give: (value: Value) => void): typeof atEnd | undefined {
    const { escapes, json, read } = this.options;
    if (json !== undefined) return this.assignJson(json, give);
    if (!escapes) {
      give(read(this.until("").text));
      return undefined;
    }
    if (this.at >= this.chars.length) {
      give("");
      return atEnd;
    }
    if (this.chars[this.at] === "{") {
      this.at++;
      give(this.list(read));
      return undefined;
    }
    give(read(this.until(",").text));
    return undefined;
  }

  private assignJson(json: JsonValueReader, give: (value: Value) => void): undefined {
    if (this.isEmptyValue()) {
      give(null);
      return undefined;
    }
    const rest = this.chars.slice(this.at).join("");
    const { value, end } = json.read(rest, 0);
    give(toFloats(value));
    this.at += Array.from(rest.slice(0, end)).length;
    this.isEmptyValue();
    return undefined;
  }

  /** Skips blanks, and the comma behind them. */
  private isEmptyValue(): boolean {
    for (; this.at < this.chars.length; this.at++) {
      const char = this.chars[this.at] as string;
      if (char === ",") {
        this.at++;
        return true;
      }
      if (!/\s/.test(char)) return false;
    }
    return true;
  }

  private list(read: SetReader): Value[] {
    const list: Value[] = [];
    for (;;) {
      const { text, stop } = this.until(",}");
      if (stop === undefined) throw new HelmError("list must terminate with '}'");
      list.push(read(text));
      if (stop === "}") {
        if (this.chars[this.at] === ",") this.at++;
        return list;
      }
    }
  }

  private until(stops: string): { text: string; stop: string | undefined } {
    let text = "";
    while (this.at < this.chars.length) {
      const char = this.chars[this.at++] as string;
      if (stops.includes(char)) return { text, stop: char };
      if (char !== "\\" || !this.options.escapes) text += char;
      else if (this.at < this.chars.length) text += this.chars[this.at++] as string;
    }
    return { text, stop: undefined };
  }
}

function set(into: Values, name: string, value: Value): void {
  if (name !== "") setMember(into, name, value);
}

/** Upstream panics here, and tells what Go says. */
function asTable(value: Value): Values {
  if (isObject(value)) return value;
  throw new HelmError(
    `unable to parse key: interface conversion: interface {} is ${goTypeName(value)}, not map[string]interface {}`,
  );
}

function asList(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  throw new HelmError(
    `unable to parse key: interface conversion: interface {} is ${goTypeName(value)}, not []interface {}`,
  );
}

function goTypeName(value: Value): string {
  if (value === null) return "nil";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int64";
  return typeof value === "number" ? "float64" : "string";
}

function setIndex(list: readonly Value[], index: number, value: Value): Value[] {
  if (index > maxIndex) throw new HelmError(`index of ${index} is greater than maximum supported index of ${maxIndex}`);
  const changed = [...list];
  while (changed.length <= index) changed.push(null);
  changed[index] = value;
  return changed;
}
