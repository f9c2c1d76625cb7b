import { encodeValue, type Encoded } from "./go-values.ts";
import type { Random } from "../random.ts";
import { int, int64, tag, type GoValue } from "@eddy/gotemplate";

/** Arguments for template functions, of many types and on the edges of them. */

const texts = [
  "",
  "a",
  "abc",
  "hello world",
  "Hello World",
  "foo bar baz",
  "FooBar",
  "fooBarBaz",
  "HTTPServer",
  "http_server",
  "NoHTTPS",
  "GO_PATH",
  "http2xx",
  "HTTP20xOK",
  "Duration2m3s",
  "Bld4Floor3rd",
  "a-b_c d",
  "__x__",
  "-",
  "éab",
  "ünïcode Ärger",
  "日本語 text",
  "😀 smile",
  "ßtraße",
  "ǆ ǅ Ǆ",
  "ﬁne",
  "İstanbul",
  "a\nb\nc",
  "\n",
  " \t x \n",
  "'q' \"d\"",
  "<b>&amp;</b>",
  "tab\there",
  "back\\slash",
  "$1 ${1} $$",
  "1",
  "0",
  "-1",
  "42",
  "08",
  "0x1f",
  "0b11",
  "0o17",
  "1_000",
  "1.5",
  "-2.50",
  "3.0",
  "1e3",
  "1e400",
  "NaN",
  "inf",
  "9223372036854775807",
  "9223372036854775808",
  "true",
  "false",
  "null",
  "yes",
  "~",
  "a,b,c",
  "a.b.c",
  "/a/b/../c.txt",
  "a//b/./c",
  "..",
  "/",
  "x.tar.gz",
  ".hidden",
  "1.2.3",
  "v1.2.3-rc.1+b",
  "1.2",
  ">=1.2.0",
  "^1.0.0 || ~2.1",
  "1h2m3s",
  "90s",
  "1.5h",
  "-5m",
  "2006-01-02",
  "2024-02-29T12:30:45Z",
  "12:30",
  "http://user:pa%20ss@example.com:8080/p/a%2Fth?q=1&r=2#frag",
  "mailto:a@b.c",
  "//host/path",
  "a b",
  "YWJj",
  "YWJjZA==",
  "YWI",
  "MFRGG===",
  "MFRGG",
  "k: v",
  "[1, 2, {a: b}]",
  "a: 1\nb: [x, y]\nc: {d: null}",
  '{"a": [1, 2.5, "x", null, true]}',
  "[1,]",
  '{"a" 1}',
  "x = 1\n[t]\ny = 'z'",
  "the quick brown fox jumps over the lazy dog",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "\u0000\u0007\u001b",
  "\u2028\u00a0\ufeff",
  "\ud83d\ude00x",
] as const;

const invalidTexts = ["\udc80", "a\udcffb", "\udcc3", "é\udca9"] as const;

const integers = [0, 1, 2, 3, 4, 5, 7, 10, 16, 40, 80, 100, -1, -2, -5, -10] as const;
const largeIntegers = [2n ** 31n, -(2n ** 31n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)] as const;
const floats = [
  0, -0, 1, 2, 3, 1.5, 2.5, -2.5, 0.1, 0.5, 2.71, 123456.789, 1e6, 999999, 1e21, 1e-7, 12345678, -7, 1e300, 5e-324,
] as const;

const pieces: readonly string[] = [
  ...Array.from("[]{}()\"'`:,.=#-+_ \n\t\\/%&?@<>|*^$!~0159aeEfnxXzTZ"),
  "\r\n",
  "  ",
  "é",
  "\\u0041",
  '"""',
  "'''",
  "0x",
  "1e5",
  "null",
  "true",
  "# c",
];

/** Draws values. */
export class ValueFuzzer {
  private readonly random: Random;
  /** Whether texts with bytes that are no UTF-8 appear. */
  private readonly withInvalid: boolean;

  constructor(random: Random, withInvalid: boolean) {
    this.random = random;
    this.withInvalid = withInvalid;
  }

  text(): string {
    const { random } = this;
    if (this.withInvalid && random.chance(0.1)) return random.pick(invalidTexts);
    const text = random.pick(texts);
    return random.chance(0.15) ? text + random.pick(texts) : text;
  }

  /** A text with a piece left out, doubled, or put in from another. */
  mutated(text: string): string {
    const { random } = this;
    if (random.chance(0.5)) return text;
    const chars = Array.from(text);
    const at = random.below(chars.length + 1);
    const count = random.below(4);
    const piece = random.chance(0.4) ? [random.pick(pieces)] : chars.slice(at, at + count * random.below(3));
    chars.splice(at, random.chance(0.5) ? count : 0, ...piece);
    return chars.join("");
  }

  integer(): number {
    return this.random.pick(integers);
  }

  float(): number {
    const { random } = this;
    if (random.chance(0.6)) return random.pick(floats);
    return (random.next() - 0.5) * 10 ** (random.below(30) - 10);
  }

  any(depth = 0): GoValue {
    const { random } = this;
    switch (random.below(depth > 2 ? 8 : 12)) {
      case 0:
        return null;
      case 1:
        return random.chance(0.5);
      case 2:
      case 3:
        return this.text();
      case 4:
        return int(this.integer());
      case 5:
        return int64(random.chance(0.2) ? random.pick(largeIntegers) : this.integer());
      case 6:
      case 7:
        return this.float();
      case 8:
        return this.map(depth + 1);
      default:
        return this.list(depth + 1);
    }
  }

  list(depth = 0): GoValue {
    const { random } = this;
    const count = random.below(5);
    if (random.chance(0.2))
      return tag(
        Array.from({ length: count }, () => this.text()),
        "[]string",
      );
    if (random.chance(0.15))
      return tag(
        Array.from({ length: count }, () => int(this.integer())),
        "[]int",
      );
    const items = Array.from({ length: count }, () => this.any(depth + 1));
    return random.chance(0.3) && items.length > 0 ? [...items, items[0]] : items;
  }

  map(depth = 0): Record<string, GoValue> {
    const { random } = this;
    const map: Record<string, GoValue> = {};
    for (let count = random.below(5); count > 0; count--) {
      const key = random.chance(0.8) ? random.pick(["a", "b", "c", "d", "key", "x.y", "10", "9", "n"]) : this.text();
      map[key] = this.any(depth + 1);
    }
    return map;
  }

  /** A value of a parameter's type, mostly. */
  of(type: string): GoValue {
    const { random } = this;
    if (random.chance(0.06)) return this.any();
    switch (type) {
      case "string":
        return this.text();
      case "int":
      case "uint32":
        return int(this.integer());
      case "float64":
        return this.float();
      case "bool":
        return random.chance(0.5);
      case "map[string]interface {}":
        return random.chance(0.03) ? null : this.map();
      case "[]interface {}":
        return this.list();
      default:
        return this.any();
    }
  }
}

/** The data of a template: its arguments by name. */
export function encodeData(values: readonly GoValue[]): Encoded {
  return encodeValue(Object.fromEntries(values.map((value, index) => [`v${index}`, value])));
}
