import { describe, expect, test } from "vitest";
import { TemplateSet } from "../template-set.ts";
import { seededRandomness } from "./randomness.ts";
import { helmFunctions } from "./table.ts";
import { formatFunctionsRows } from "./testdata/format-functions.ts";
import { textFunctionsRows } from "./testdata/text-functions.ts";
import { timeFunctionsRows } from "./testdata/time-functions.ts";
import { valueFunctionsRows } from "./testdata/value-functions.ts";

const table = helmFunctions({
  clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) },
  randomness: seededRandomness("test"),
});
const rows = [...textFunctionsRows, ...valueFunctionsRows, ...formatFunctionsRows, ...timeFunctionsRows];

function render(template: string, data: unknown = null, functions = table): string {
  const set = new TemplateSet(functions);
  set.parse("t", template);
  return set.execute("t", data, { missingKey: "zero", maxBytes: 10_000_000 });
}

describe("functions print what Helm prints", () => {
  test.each(rows)("%s: %s", (_, template, output) => {
    expect(render(template)).toBe(output);
  });
});

/** Those that other tests are about: random ones, those of the time, and places for a renderer. */
const tested = new Set([
  "now",
  "ago",
  "fail",
  "include",
  "tpl",
  "required",
  "lookup",
  "randAlphaNum",
  "randAlpha",
  "randNumeric",
  "randAscii",
  "randBytes",
  "randInt",
  "shuffle",
  "uuidv4",
  "bcrypt",
  "htpasswd",
  "encryptAES",
  "genPrivateKey",
  "genCA",
  "genCAWithKey",
  "genSelfSignedCert",
  "genSelfSignedCertWithKey",
  "genSignedCert",
  "genSignedCertWithKey",
  "buildCustomCert",
]);

test("every function has a row, or its twin without must", () => {
  const named = new Set([...rows.map(([name]) => name), ...tested]);
  const missing = Object.keys(table).filter((name) => {
    const twin = name.replace(/^must(.)/, (_, first: string) => first.toLowerCase());
    return !named.has(name) && !named.has(twin);
  });
  expect(missing).toEqual([]);
});

const errors: readonly (readonly [template: string, message: string])[] = [
  ["{{ div 1 0 }}", "error calling div: runtime error: integer divide by zero"],
  ["{{ divf 1 0 }}", "error calling divf: decimal division by 0"],
  ["{{ first 3 }}", "error calling first: Cannot find first on type int"],
  ["{{ mustAppend (dict) 1 }}", "error calling mustAppend: Cannot push on type map"],
  ["{{ last nil }}", "error calling last: runtime error: invalid memory address or nil pointer dereference"],
  ["{{ slice (list 1 2) 3 }}", "error calling slice: reflect.Value.Slice: slice index out of bounds"],
  ["{{ substr 3 1 `abc` }}", "error calling substr: runtime error: slice bounds out of range [3:1]"],
  ["{{ repeat -1 `a` }}", "error calling repeat: strings: negative Repeat count"],
  [
    "{{ regexFind `(` `` }}",
    "error calling regexFind: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`",
  ],
  ["{{ mustRegexFind `(` `` }}", "error calling mustRegexFind: error parsing regexp: missing closing ): `(`"],
  ["{{ dig 1 2 }}", "error calling dig: dig needs at least three arguments"],
  ["{{ dig `a` `b` 2 }}", "error calling dig: interface conversion: interface {} is int, not map[string]interface {}"],
  ["{{ set nil `a` 1 }}", "error calling set: assignment to entry in nil map"],
  ["{{ semver `x` }}", "error calling semver: invalid semantic version"],
  ["{{ urlParse `:` }}", 'error calling urlParse: unable to parse url: parse ":": missing protocol scheme'],
  ["{{ mustToDate `2006` `x` }}", 'error calling mustToDate: parsing time "x" as "2006": cannot parse "x" as "2006"'],
  [
    "{{ mustToDate `15:04Z07:00` `12:30:30:45` }}",
    'error calling mustToDate: parsing time "12:30:30:45": time zone offset hour out of range',
  ],
  [
    "{{ mustDateModify `1µ` (toDate `2006` `2006`) }}",
    String.raw`error calling mustDateModify: time: unknown unit "\xc2\xb5" in duration "1\xc2\xb5"`,
  ],
  [
    "{{ mustDateModify `\udcff` (toDate `2006` `2006`) }}",
    String.raw`error calling mustDateModify: time: invalid duration "\xff"`,
  ],
  ["{{ mustToDuration `x` }}", 'error calling mustToDuration: could not parse duration "x"'],
  ["{{ mustFromJson `[1,]` }}", "error calling mustFromJson: invalid character ']' looking for beginning of value"],
  ["{{ mustToJson (float64 `inf`) }}", "error calling mustToJson: json: unsupported value: +Inf"],
  ["{{ fail `no` }}", "error calling fail: no"],
  ["{{ trunc `a` `b` }}", "expected integer; found `a`"],
  ["{{ include `a` . }}", "error calling include: include is not there: it is given by the renderer of a chart"],
];

test.each(errors)("%s fails as in Go", (template, message) => {
  expect(() => render(template)).toThrow(message);
});

const bounded: readonly string[] = [
  "{{ repeat 100000000 `aaaaaaaaaa` }}",
  "{{ until 1000000000 }}",
  "{{ seq 1000000000 }}",
  "{{ indent 1000000000 `a` }}",
  "{{ randAlphaNum 1000000000 }}",
  "{{ randBytes 1000000000 }}",
  "{{ range until 1000 }}{{ bcrypt `a` }}{{ end }}",
  "{{ range until 1000 }}{{ genPrivateKey `rsa` }}{{ end }}",
  "{{ $a := repeat 10000 `a` }}{{ replace `a` $a $a }}",
  "{{ $a := repeat 10000 `a` }}{{ regexReplaceAll `a` $a $a }}",
  "{{ $a := splitList `` (repeat 10000 `a`) }}{{ join (repeat 10000 `b`) $a }}",
];

test.each(bounded)("%s is stopped by the budget", (template) => {
  expect(() => render(template)).toThrow(/^stop template t:1:/);
});

test("a map within itself is refused, not followed", () => {
  expect(() => render("{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ mustToJson $d }}")).toThrow("encountered a cycle");
  expect(render("{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ toYaml $d }}{{ toJson $d }}")).toBe("");
});

test("sortAlpha sorts a list of texts in place, others not", () => {
  expect(render("{{ $l := splitList `,` `b,a` }}{{ $_ := sortAlpha $l }}{{ $l }}")).toBe("[a b]");
  expect(render("{{ $l := list `b` `a` }}{{ $_ := sortAlpha $l }}{{ $l }}")).toBe("[b a]");
});

test("texts are bytes: cut characters come back whole, or as what JSON and YAML make of bytes", () => {
  const cut = "{{ $c := trunc 1 `é` }}";
  expect(render(`${cut}{{ len $c }} {{ toJson $c }} {{ toYamlPretty $c }} {{ b64enc $c }}`)).toBe(
    '1 "\\ufffd" !!binary ww== ww==',
  );
});

test("names that every object inherits are keys like others", () => {
  expect(
    render(
      "{{ $d := dict `__proto__` 1 `constructor` 2 }}{{ toJson $d }}{{ get $d `toString` }}{{ hasKey $d `valueOf` }}",
    ),
  ).toBe('{"__proto__":1,"constructor":2}false');
});

test("Helm 3 lacks what came with Helm 4", () => {
  const three = Object.keys(helmFunctions({ dialect: "helm3" }));
  const added = Object.keys(table).filter((name) => !three.includes(name));
  expect(added.sort()).toEqual([
    "durationDays",
    "durationHours",
    "durationMicroseconds",
    "durationMilliseconds",
    "durationMinutes",
    "durationNanoseconds",
    "durationRoundTo",
    "durationSeconds",
    "durationTruncateTo",
    "durationWeeks",
    "mustToDuration",
    "mustToToml",
    "mustToYaml",
  ]);
});

test("the clock and the time zone are ports", () => {
  expect(
    render("{{ now | unixEpoch }} {{ now.Year }} {{ now.Month }} {{ date `15:04` now }} {{ ago (int64 1767323000) }}"),
  ).toBe("1767323045 2026 January 03:04 45s");
  const berlin = helmFunctions({ clock: { now: () => 0 }, timeZone: "Europe/Berlin" });
  expect(render("{{ now }} {{ toDate `2006-01-02` `2024-07-01` | unixEpoch }}", null, berlin)).toBe(
    "1970-01-01 01:00:00 +0100 CET 1719784800",
  );
});

test("names are resolved by a port only", () => {
  expect(render("{{ getHostByName `a` }}|")).toBe("|");
  expect(render("{{ getHostByName `a` }}", null, helmFunctions({ resolveHost: (name) => `ip of ${name}` }))).toBe(
    "ip of a",
  );
});
