import { type GoMap, type GoValue, int, integer, Struct, tag } from "@eddy/gotemplate";
import { shownType, thingPointerType, thingType, valuesType } from "./gotemplate-values.ts";
import type { Random } from "./random.ts";

const strings = [
  "",
  "a",
  "hello",
  "x\"y'z",
  "<b>&",
  "é",
  "日本語",
  "😀",
  "a b\n c",
  "\udcff\udc80",
  "123",
  "%d",
  "\0\x01\x7f",
  "ﬀ\u0301\u200b",
];
const floats = [
  0,
  -0,
  1,
  -1,
  0.1,
  1.5,
  2.5,
  3.5,
  0.5,
  1e6,
  999999,
  12345678,
  1e20,
  1e21,
  1e-5,
  0.0001,
  123.456,
  5e-324,
  1.7976931348623157e308,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  -7,
];
const keys = ["a", "b", "c", "d", "list", "map", "thing", "n", "A", "é", "x1"];
const fields = [...keys, "Name", "Size", "Any", "Tags", "Hello", "Sum", "Get", "Fail", "Has", "missing", "Text"];

/** Random values of every kind that data can have. */
export class ValueFuzzer {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  value(depth: number): GoValue {
    const { random } = this;
    const roll = random.below(depth > 2 ? 9 : 18);
    switch (roll) {
      case 0:
        return null;
      case 1:
        return random.chance(0.5);
      case 2:
      case 3:
        return random.pick(strings);
      case 4:
      case 5:
        return random.chance(0.8) ? random.pick(floats) : random.next() * 10 ** (random.below(40) - 20);
      case 6:
        return int(random.pick([0, 1, 2, 3, -1, 65, 1000, 128512]));
      case 7:
        return this.integer();
      case 8:
        return Uint8Array.from({ length: random.below(4) }, () => random.below(256));
      default:
        return this.composite(roll, depth);
    }
  }

  private integer(): GoValue {
    const { random } = this;
    const type = random.pick(["int", "int8", "int32", "int64", "uint", "uint8", "uint32", "uint64"] as const);
    return random.chance(0.7)
      ? integer(type, random.below(200) - 50)
      : integer(type, BigInt(random.below(2 ** 31)) ** 3n);
  }

  private composite(roll: number, depth: number): GoValue {
    const { random } = this;
    switch (roll) {
      case 9:
      case 10:
        return Array.from({ length: random.below(4) }, () => this.value(depth + 1));
      case 11:
        return tag(
          Array.from({ length: random.below(3) }, () => random.pick(strings)),
          "[]string",
        );
      case 12:
        return tag(
          Array.from({ length: random.below(3) }, () => int(random.below(5))),
          "[]int",
        );
      case 13:
        return tag(this.texts(), "map[string]string");
      case 14:
        return new Struct(random.chance(0.5) ? thingType : thingPointerType, {
          Name: random.pick(strings),
          Size: int(random.below(5)),
          Any: this.value(depth + 1),
          Tags: tag(this.texts(), "map[string]string"),
        });
      case 15:
        return random.chance(0.5)
          ? tag(this.map(depth), valuesType)
          : new Struct(shownType, { Text: random.pick(strings) });
      default:
        return this.map(depth);
    }
  }

  private texts(): Record<string, string> {
    const { random } = this;
    return Object.fromEntries(
      random
        .shuffle(keys)
        .slice(0, random.below(3))
        .map((key) => [key, random.pick(strings)]),
    );
  }

  map(depth: number): GoMap {
    const { random } = this;
    const chosen = random.shuffle(keys).slice(0, random.below(depth === 0 ? keys.length : 4));
    return Object.fromEntries(chosen.map((key) => [key, this.value(depth + 1)]));
  }
}

/** Random templates, mostly right and sometimes broken. */
export class TemplateFuzzer {
  private readonly random: Random;
  private variables: string[] = ["$"];

  constructor(random: Random) {
    this.random = random;
  }

  template(): string {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.08) return this.soup();
    if (roll < 0.14) return this.literals();
    let text = random.chance(0.3) ? `{{ define "t1" }}${this.body(2)}{{ end }}` : "";
    this.variables = ["$"];
    text += this.body(0);
    if (!random.chance(0.15)) return text;
    // Break it somewhere.
    for (let count = 1 + random.below(2); count > 0; count--) {
      const at = random.below(text.length + 1);
      text = text.slice(0, at) + random.pick(breakers) + text.slice(at + random.below(3));
    }
    return text;
  }

  /** Words in no order. */
  private soup(): string {
    const { random } = this;
    const words = Array.from({ length: 1 + random.below(12) }, () => random.pick([...breakers, ...soupWords]));
    return `${random.chance(0.5) ? "{{" : "x\n{{-"}${words.join(random.pick(["", " ", " "]))}${random.chance(0.8) ? "}}" : ""}`;
  }

  /** Numbers, characters and strings, right and wrong. */
  private literals(): string {
    const { random } = this;
    const letters = random.pick([
      "0123456789",
      "01._eE+-5",
      "0xXaF1.pP-_3",
      "0bB1_o7O",
      "12i+-.5",
      "'\\nxu04af'",
      '"\\nxuU01234567"',
    ]);
    let text = random.chance(0.5) ? (letters[0] ?? "") : "";
    for (let count = 1 + random.below(9); count > 0; count--) text += random.pick([...letters]);
    if (letters.startsWith("'") || letters.startsWith('"')) text += random.chance(0.8) ? letters[0] : "";
    return `{{ printf "%v %T" ${text} ${text} }}`;
  }

  private body(depth: number): string {
    const { random } = this;
    let text = "";
    for (let count = 1 + random.below(3); count > 0; count--) text += this.statement(depth);
    return text;
  }

  private open(): string {
    return this.random.pick(["{{", "{{ ", "{{- ", "{{\n"]);
  }

  private close(): string {
    return this.random.pick(["}}", " }}", " -}}", "\n}}"]);
  }

  private scoped(body: () => string): string {
    const depth = this.variables.length;
    const text = body();
    this.variables.length = depth;
    return text;
  }

  private statement(depth: number): string {
    const { random } = this;
    const roll = random.below(depth > 3 ? 8 : 16);
    const action = (text: string): string => this.open() + text + this.close();
    if (roll < 2) return random.pick(["text", " \n ", "\n", "é ", "  x  ", "}", "a: b\n"]);
    if (roll < 6) return action(this.pipeline(0));
    if (roll === 6) return action(this.declaration());
    if (roll === 7)
      return random.pick([
        "{{/* c */}}",
        "{{- /* c\n */ -}}",
        `{{template "t1"}}`,
        `{{template "t1" .}}`,
        `{{ template "t${random.below(3)}" ${this.pipeline(1)} }}`,
      ]);
    if (roll < 10) return this.branch(depth, "if");
    if (roll < 12) return this.branch(depth, "with");
    if (roll < 15) return this.range(depth);
    return `{{block "b${random.below(2)}" ${this.pipeline(1)}}}${this.scoped(() => {
      this.variables = ["$"];
      return this.body(depth + 1);
    })}{{end}}`;
  }

  private declaration(): string {
    const { random } = this;
    if (random.chance(0.4) && this.variables.length > 1)
      return `${random.pick(this.variables.slice(1))} = ${this.pipeline(0)}`;
    const name = random.pick(["$x", "$y", "$é"]);
    const text = `${name} := ${this.pipeline(0)}`;
    this.variables.push(name);
    return text;
  }

  private branch(depth: number, kind: "if" | "with"): string {
    return this.scoped(() => {
      const { random } = this;
      const head = random.chance(0.2) ? this.declaration() : this.pipeline(0);
      let text = `${this.open()}${kind} ${head}${this.close()}${this.scoped(() => this.body(depth + 1))}`;
      if (random.chance(0.2))
        text += `{{ else ${kind} ${this.pipeline(0)} }}${this.scoped(() => this.body(depth + 1))}`;
      if (random.chance(0.4)) text += `{{else}}${this.scoped(() => this.body(depth + 1))}`;
      return `${text}{{end}}`;
    });
  }

  private range(depth: number): string {
    return this.scoped(() => {
      const { random } = this;
      const list = random.chance(0.6)
        ? random.pick([".list", ".map", "$", ".", ".a", "$.b", "3", "(list 1 .a nil)", "(list .b .c)", "$.thing.Tags"])
        : this.pipeline(0);
      const roll = random.below(4);
      let head = list;
      if (roll === 0) {
        head = `$i, $e := ${list}`;
        this.variables.push("$i", "$e");
      } else if (roll === 1) {
        head = `$e := ${list}`;
        this.variables.push("$e");
      } else if (roll === 2 && random.chance(0.3) && this.variables.length > 1) {
        head = `${random.pick(this.variables.slice(1))} = ${list}`;
      }
      const body = this.scoped(() => this.body(depth + 1));
      const jump = random.chance(0.2)
        ? `{{if ${this.pipeline(1)}}}{{${random.pick(["break", "continue"])}}}{{end}}`
        : "";
      const otherwise = random.chance(0.3) ? `{{else}}${this.scoped(() => this.body(depth + 1))}` : "";
      return `${this.open()}range ${head}${this.close()}${jump}${body}${otherwise}{{end}}`;
    });
  }

  private pipeline(depth: number): string {
    const { random } = this;
    let text = this.command(depth);
    while (random.chance(0.2)) text += random.pick([" | ", "|"]) + this.stage(depth);
    return text;
  }

  private stage(depth: number): string {
    const { random } = this;
    if (random.chance(0.9)) return this.call(depth, true);
    return random.pick([".thing.Hello", ".thing.Sum 1", ".a", "1", "$", "(print 1)"]);
  }

  private command(depth: number): string {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.5) return this.call(depth, false);
    if (roll < 0.6)
      return `${random.pick([".thing", "$.thing", ".", "$", "(takeAny .thing)", ".list"])}.${random.pick(fields)}${random.chance(0.5) ? ` ${this.operand(depth)}` : ""}`;
    return this.operand(depth);
  }

  private call(depth: number, hasFinal: boolean): string {
    const { random } = this;
    const [name, wanted] = random.pick(calls);
    let count = random.chance(0.92) ? wanted - (hasFinal ? 1 : 0) : random.below(4);
    if (wanted < 0) count = random.below(4);
    let text = name;
    for (; count > 0; count--) text += ` ${this.operand(depth + 1)}`;
    return text;
  }

  private operand(depth: number): string {
    const { random } = this;
    const roll = random.below(depth > 3 ? 10 : 13);
    if (roll < 4) return this.field();
    if (roll === 4) return random.pick(this.variables) + (random.chance(0.4) ? `.${random.pick(fields)}` : "");
    if (roll < 7) return random.pick(literals);
    if (roll === 7) return random.pick([".", "$", "nil", "true", "false", "nothing", "$undefined"]);
    if (roll < 10)
      return random.pick(['"a"', '"b"', "`raw`", '"%v %d"', '"%s"', '"\\u00e9\\xff\\n"', '"list"', '"x\\"y"']);
    const inner = `(${this.pipeline(depth + 1)})`;
    return roll === 10 ? `${inner}.${random.pick(fields)}` : inner;
  }

  private field(): string {
    const { random } = this;
    let text = `.${random.pick(fields)}`;
    while (random.chance(0.25)) text += `.${random.pick(fields)}`;
    return text;
  }
}

const breakers = [
  "{{",
  "}}",
  "(",
  ")",
  '"',
  "'",
  "`",
  ".",
  "$",
  "|",
  ":=",
  "=",
  ",",
  "{{end}}",
  "{{else}}",
  "@",
  "\\",
  "-",
  "/*",
  "*/",
  " ",
  "\n",
  "1",
  "é",
  '{{define "d"}}',
  "{{break}}",
  "nil",
  "😀",
];
const soupWords = [
  ".a",
  "$x",
  "$",
  "if",
  "else",
  "end",
  "range",
  "with",
  "define",
  "block",
  "template",
  "continue",
  "print",
  "eq",
  '"s"',
  "`r`",
  "3",
  "true",
  ":= ",
  "}}text{{",
  "-}} {{-",
  "}}{{",
  "\t",
  "ü",
  "日本",
  "\u00a0",
];
const literals = [
  "0",
  "1",
  "2",
  "-1",
  "3.5",
  "1.0",
  "1e3",
  "0x1F",
  "0b11",
  "0o17",
  "017",
  "'a'",
  "'\\n'",
  "'é'",
  "1_000",
  "1e100",
  "0x1p4",
  "9223372036854775807",
  "9223372036854775808",
  "1i",
  "1+2i",
  "-0",
  ".5",
  "+3",
  "1e1000",
  "0xG",
  "1..2",
  "'ab'",
  "-0.0",
];
const calls: readonly (readonly [string, number])[] = [
  ["and", -1],
  ["or", -1],
  ["not", 1],
  ["len", 1],
  ["len", 1],
  ["index", 2],
  ["index", 2],
  ["index", 3],
  ["slice", 2],
  ["slice", 3],
  ["print", -1],
  ["println", -1],
  ['printf "%v|%s"', 2],
  ['printf "%d"', 1],
  ["printf", 2],
  ["html", 1],
  ["js", 1],
  ["urlquery", 1],
  ["eq", 2],
  ["eq", 2],
  ["eq", 3],
  ["ne", 2],
  ["lt", 2],
  ["le", 2],
  ["gt", 2],
  ["ge", 2],
  ["call", 1],
  ["takeString", 1],
  ["takeInt", 1],
  ["takeInt64", 1],
  ["takeUint8", 1],
  ["takeFloat", 1],
  ["takeBool", 1],
  ["takeMap", 1],
  ["takeList", 1],
  ["takeTexts", 1],
  ["takeAny", 1],
  ["typeName", 1],
  ["two", 2],
  ["list", -1],
  ["texts", -1],
  ["ints", -1],
  ["toBytes", 1],
  ["nothing", 0],
  ["fail", 1],
  ["explode", 1],
  ["dict", 2],
  ["undefinedFunction", 1],
];

/** Random formats with flags, widths, precisions, indexes and verbs, right and wrong. */
export class FormatFuzzer {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  format(): string {
    const { random } = this;
    let text = "";
    for (let count = 1 + random.below(4); count > 0; count--) {
      text += random.chance(0.2) ? random.pick(["x", "é ", "%%", " "]) : this.directive();
    }
    return text;
  }

  private directive(): string {
    const { random } = this;
    let text = "%";
    while (random.chance(0.3)) text += random.pick(["+", "-", "#", "0", " "]);
    if (random.chance(0.06)) text += random.pick(["[1]", "[2]", "[3]", "[9]", "[0]", "[x]", "[", "[]", "[-1]"]);
    if (random.chance(0.3)) text += random.pick(["1", "5", "10", "20", "3", "*", "[2]*"]);
    if (random.chance(0.3)) text += random.pick([".", ".0", ".1", ".2", ".3", ".5", ".10", ".30", ".*", ".[1]*"]);
    if (random.chance(0.04)) text += random.pick(["[1]", "[2]"]);
    return (
      text +
      (random.chance(0.97)
        ? random.pick([..."vvvvsssddqqxXoObcUtTeEfFgG"])
        : random.pick(["z", "é", "!", "w", "", "%", "h", "Z"]))
    );
  }
}
