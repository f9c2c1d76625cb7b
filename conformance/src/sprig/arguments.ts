import { helmFunctions, int, type GoValue, TemplateSet } from "@eddy/gotemplate";
import type { Random } from "../random.ts";
import type { ValueFuzzer } from "./values.ts";

/** Arguments that reach into a function, where random ones would only find its first error. */

type Draw = (random: Random, fuzzer: ValueFuzzer) => readonly GoValue[];

const expressions = [
  "a",
  "[a-z]+",
  "a*",
  "(a)(b)?",
  "^",
  "$",
  "\\b",
  "(?P<n>[a-z])(.)",
  "x|y",
  ".",
  "\\s+",
  "[^a]",
  "(?i)FOO",
  "",
  "é",
  "日",
  "(",
  "a{2,1}",
  "a**",
  "\\",
  "(?=a)",
  "[[:alpha:]]+",
  "\\pL",
  "b?",
];
const replacements = ["", "x", "$1", "${1}x", "$1x", "$n-${n}", "$$", "$", "$2$1", "${", "${x}", "é$0", "$01", "$10"];
const layouts = [
  "2006-01-02",
  "2006-01-02T15:04:05Z07:00",
  "Mon Jan _2 15:04:05 MST 2006",
  "02/01/06 03:04PM",
  "Monday, January 2",
  "15:04:05.000",
  "15:04:05.999",
  "2006-002",
  "__2",
  "Jan 2 3:4:5 pm",
  "-07:00:00 Z0700 -07",
  "_2006",
  "janvier 06",
  "20060102150405",
  "2006-01-02 15:04:05 -0700",
];
const dates = [
  "2024-02-29",
  "2024-02-30",
  "2024-13-01",
  "2023-1-2",
  "2024-02-29T12:30:45Z",
  "2024-02-29T12:30:45+02:00",
  "Thu Feb 29 12:30:45 UTC 2024",
  "29/02/24 11:05AM",
  "15:04:05.123",
  "15:04:05.5",
  "2024-060",
  "20240229123045",
  "x",
  "",
  "2024-02-29 12:30:45 -0330",
  "2024-02-29 extra",
  "Monday, January 2",
  "Jan 2 3:4:5 am",
  "12:61:00",
];
/** Layouts, and texts that follow them. */
const datesInLayouts = [
  ["2006-01-02", "2024-02-29"],
  ["2006-01-02T15:04:05Z07:00", "2024-02-29T12:30:45+02:00"],
  ["Mon Jan _2 15:04:05 MST 2006", "Thu Feb 29 12:30:45 UTC 2024"],
  ["02/01/06 03:04PM", "29/02/24 11:05AM"],
  ["2006-002", "2024-060"],
  ["2006-01-02 15:04:05 -0700", "2024-02-29 12:30:45 -0330"],
];
const zones = [
  "UTC",
  "",
  "Local",
  "Nowhere/Else",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "europe/berlin",
];
const durations = [
  "1h",
  "1h2m3.5s",
  "90",
  "1.5",
  "2.5h",
  "-3m",
  "1ns",
  "1.5us",
  "2µs",
  "3ms",
  "1d",
  "",
  "x",
  "1h-",
  ".5s",
  "100000h",
  "9999999999h",
  " 5s ",
  "0",
  "+1m",
  "1e3",
];
const urls = [
  "http://user:pw@example.com:8080/p/a%2Fth?q=1#frag",
  "http://[::1]:80/",
  "http://[::1",
  "//host",
  "mailto:x@y",
  "/a b",
  "a:b",
  ":x",
  "http://a b/",
  "http://x/%zz",
  "http://h?q?r",
  "#f",
  "*",
  "",
  "http://h:1:2/",
  "ftp://h:x/",
  "http://u@h/é",
  "HTTP://H/",
  "x://a/b:c",
  "http://h/%41",
  "http://h#%zz",
  "1http://x",
  "http://h/a?",
];
const ranges = [
  "^1.2",
  "~1.2.3",
  ">=1.0.0, <2.0.0",
  "1.x",
  "*",
  ">1 || <0.5",
  "1.2 - 2.3",
  "!=1.2.3",
  "=1",
  ">=1.2.0-0",
  "x",
  "",
];
const versions = [
  "1.2.3",
  "v1.2.3",
  "1.2",
  "1",
  "1.2.3-rc.1",
  "1.2.3+b",
  "01.2.3",
  "1.2.3.4",
  "x",
  "",
  "2.0.0-alpha",
  "0.4.9",
];
const ciphers = [
  "",
  "YWJj",
  "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=",
  "!!",
  "QUJDREVGR0hJSktMTU5PUA==",
  "QUJDREVGR0hJSktMTU5PUEFCQ0RFRkdISUpLTE1OT1A=",
];
const tomls = [
  "a = 1",
  "a = 1\na = 2",
  "[t]\nx = \"y\"\n[t.u]\nz = [1, 2.5, 'q']",
  "[[l]]\nn = 1\n[[l]]\nn = 2",
  "a.b.c = true",
  "x = {a = 1, b.c = 2}",
  "d = 2024-02-29\nt = 12:30:45\nz = 2024-02-29T12:30:45Z",
  's = """\nmany\nlines"""',
  "s = 'x",
  "= 1",
  "a = ",
  "a = [1,, 2]",
  "a = {b = 1",
  "a = 0x1F\nb = 0b101\nc = 0o17\nd = 1_000",
  "a = 01",
  "a = 1__0",
  "f = 1e3\ng = -0.5\nh = inf\ni = nan\nj = 1.",
  "\"quoted key\" = 1\n'lit' = 2",
  'a = "\\u00e9\\n\\x41"',
  'a = "\\q"',
  "[t]\n[t]",
  "a = 1\n[a.b]",
  "a = [{x = 1}, {y = 2}]",
  "# comment\na = 1 # more",
  "a = tru",
  "a = 9223372036854775808",
  "[a]\nb.c = 1\n[a.b]\nd = 2",
  "a b = 1",
  "[x",
  "[]",
  "a = 'x' y",
  "s = '''raw\n''' ",
  'e = ""',
  "a = +1\nb = -2",
  "t = 1:00",
  "[[a]]\n[a]",
  "a = []\n[[a]]",
  'x = "a\\\nb"',
  "x = nul",
  "d = 2024-02-30",
  'a = "x\ny"',
  "\ufeffa = 1",
  "a=1\r\nb=2\r\n",
  "x = { }\ny = []",
  "x = [\n1,\n2, # c\n]",
  "a.b = 1\na.c = 2",
  "a.b = 1\na.b.c = 2",
];
const yamls = [
  "a: 1",
  "a: [1, 2",
  "- 1\n- x",
  "a: !!binary aGk=",
  "",
  "null",
  "x",
  "a: 1\na: 2",
  "k: yes\nn: 0755\nd: 2001-01-01\nf: 1e3\nbig: 9007199254740993",
  "{a: .inf}",
  "a: &x 1\nb: *x",
  "a: |\n  t\n  u",
  "\tx",
  "a: b: c",
  "? [1]\n: 2",
  "1: a\ntrue: b\n1.5: c\nnull: d",
  "---\na: 1\n---\nb: 2",
  "'x",
  "a: ~",
  "[]",
  "{}",
  "- {a: b}",
  "%x",
  "a: *y",
  "<<: {a: 1}\nb: 2",
];
const jsons = [
  "{}",
  "[]",
  '{"a":1}',
  '[1,2.5,"x",null,true]',
  "null",
  '"s"',
  "12",
  '{"a":',
  "[1,]",
  '{"a" 1}',
  "{a:1}",
  "tru",
  "nulx",
  '"\\x"',
  '"\\u12"',
  '"a\nb"',
  "01",
  "1.",
  "1e",
  "-",
  "--",
  "{} x",
  "é",
  '"\\ud800"',
  "1e400",
  '{"a":1,"a":2}',
  '{"a":1 "b"}',
  "[1 2]",
  "",
  " ",
  "'",
  '{"__proto__":1}',
  "-0",
  '["\\ud83d\\ude00\\u00e9"]',
  "{,}",
  '{"a",',
  "123456789012345678901234567890",
  "[1e999]",
];

/** A certificate and its key, made once, in base64. */
const certificateParts = once((): readonly string[] => {
  const set = new TemplateSet(helmFunctions());
  const print = "{{ b64enc $c.Cert }} {{ b64enc $c.Key }}";
  set.parse("t", `{{ $c := genCAWithKey "ca" 10 (genPrivateKey "ed25519") }}${print}`);
  return set.execute("t", null).split(" ");
});

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function textList(fuzzer: ValueFuzzer, random: Random): GoValue {
  return Array.from({ length: random.below(4) }, () => fuzzer.text());
}

const regexp: Draw = (random, fuzzer) => [fuzzer.mutated(random.pick(expressions)), fuzzer.text()];

const draws: Readonly<Record<string, Draw>> = {
  regexMatch: regexp,
  mustRegexMatch: regexp,
  regexFind: regexp,
  mustRegexFind: regexp,
  regexFindAll: (random, fuzzer) => [...regexp(random, fuzzer), int(random.pick([-1, -1, 0, 1, 2]))],
  regexSplit: (random, fuzzer) => [...regexp(random, fuzzer), int(random.pick([-1, -1, 0, 1, 2]))],
  regexReplaceAll: (random, fuzzer) => [...regexp(random, fuzzer), fuzzer.mutated(random.pick(replacements))],
  regexReplaceAllLiteral: (random, fuzzer) => [...regexp(random, fuzzer), fuzzer.mutated(random.pick(replacements))],
  toDate: (random, fuzzer) =>
    random.chance(0.3)
      ? random.pick(datesInLayouts)
      : [fuzzer.mutated(random.pick(layouts)), fuzzer.mutated(random.pick(dates))],
  date: (random, fuzzer) => [
    fuzzer.mutated(random.pick(layouts)),
    int(random.pick([0, 1, 1709209845, -1, 4102444800, -62135596800])),
  ],
  htmlDate: (random) => [int(random.pick([0, 1709209845, -1]))],
  dateInZone: (random, fuzzer) => [
    fuzzer.mutated(random.pick(layouts)),
    int(random.pick([0, 1709209845, 1719792000])),
    random.pick(zones),
  ],
  htmlDateInZone: (random) => [int(random.pick([0, 1709209845])), random.pick(zones)],
  duration: (random, fuzzer) => [fuzzer.mutated(random.pick(durations))],
  durationRound: (random, fuzzer) => [fuzzer.mutated(random.pick(durations))],
  urlParse: (random, fuzzer) => [fuzzer.mutated(random.pick(urls))],
  semverCompare: (random, fuzzer) => [fuzzer.mutated(random.pick(ranges)), fuzzer.mutated(random.pick(versions))],
  semver: (random, fuzzer) => [fuzzer.mutated(random.pick(versions))],
  decryptAES: (random, fuzzer) => [fuzzer.text(), random.pick(ciphers)],
  fromToml: (random, fuzzer) => [
    fuzzer.mutated(random.pick(tomls)) + (random.chance(0.3) ? `\n${fuzzer.mutated(random.pick(tomls))}` : ""),
  ],
  fromYaml: (random, fuzzer) => [fuzzer.mutated(random.pick(yamls))],
  fromYamlArray: (random, fuzzer) => [fuzzer.mutated(random.pick(yamls))],
  fromJson: (random, fuzzer) => [fuzzer.mutated(random.pick(jsons))],
  fromJsonArray: (random, fuzzer) => [fuzzer.mutated(random.pick(jsons))],
  derivePassword: (random, fuzzer) => [
    int(random.below(4)),
    random.pick(["long", "maximum", "pin", "basic", "x"]),
    fuzzer.text(),
    fuzzer.text(),
    fuzzer.text(),
  ],
  buildCustomCert: (random, fuzzer) => {
    const [certificate = "", key = ""] = certificateParts();
    const swapped = (right: string, wrong: string): GoValue =>
      random.chance(0.8) ? right : random.pick([wrong, fuzzer.mutated(right), fuzzer.text()]);
    return [swapped(certificate, key), swapped(key, certificate)];
  },
  dateModify: (random, fuzzer) => [fuzzer.mutated(random.pick(durations))],
  date_modify: (random, fuzzer) => [fuzzer.mutated(random.pick(durations))],
  dig: (random, fuzzer) => [
    "a",
    ...(random.chance(0.5) ? ["b"] : []),
    "none",
    { a: random.chance(0.7) ? { b: fuzzer.any() } : fuzzer.any() },
  ],
  urlJoin: (random, fuzzer) => [
    {
      scheme: random.pick(["http", "", "x"]),
      host: random.pick(["h", "", "h:80", "[::1]"]),
      path: random.pick(["", "/p", "p", "a:b", "/é q"]),
      query: random.pick(["", "a=b"]),
      fragment: random.pick(["", "f g"]),
      userinfo: random.pick(["", "u", "u:p", "u:", "ü:%41", "a b"]),
      opaque: random.pick(["", "", "o"]),
      ...(random.chance(0.1) ? { host: fuzzer.any() } : {}),
    },
  ],
  join: (random, fuzzer) => [
    random.pick([",", "", "--"]),
    random.chance(0.6) ? textList(fuzzer, random) : fuzzer.list(),
  ],
  until: (random) => [int(random.pick([0, 1, 3, -2, 7]))],
  uniq: (_, fuzzer) => [fuzzer.list()],
  indent: (random, fuzzer) => [int(random.pick([0, 1, 2, 4, -1])), fuzzer.text()],
  nindent: (random, fuzzer) => [int(random.pick([0, 1, 2, 4, -1])), fuzzer.text()],
  repeat: (random, fuzzer) => [int(random.pick([0, 1, 3, -1])), fuzzer.text()],
  round: (random, fuzzer) => [fuzzer.any(), int(random.pick([0, 1, 2, 3, -1, -2, 10]))],
};

const onLists = [
  "append",
  "push",
  "prepend",
  "first",
  "last",
  "rest",
  "initial",
  "reverse",
  "compact",
  "without",
  "slice",
  "sortAlpha",
  "toStrings",
];
const onDurations = /^(?:duration[A-Z]|mustToDuration)/;

/** Arguments for a function by its name (with or without `must`), or undefined. */
export function specialArguments(name: string, random: Random, fuzzer: ValueFuzzer): readonly GoValue[] | undefined {
  const plain = name.replace(/^must_?([A-Za-z])/, (_, first: string) => first.toLowerCase());
  if (onLists.includes(plain)) return [fuzzer.list()];
  if (plain === "has") return [fuzzer.any(), fuzzer.list()];
  if (plain === "chunk") return [int(random.pick([1, 2, 3, 0, -1])), fuzzer.list()];
  if (onDurations.test(name) && name !== "durationRound")
    return [fuzzer.mutated(random.pick(durations)), fuzzer.mutated(random.pick(durations))];
  const draw = Object.hasOwn(draws, name) ? draws[name] : Object.hasOwn(draws, plain) ? draws[plain] : undefined;
  return draw?.(random, fuzzer);
}
