import type { Json } from "@eddy/core/json";
import { assert, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { dump, load, loadDocuments, YamlError } from "./index.ts";

describe("load reads scalars as YAML 1.1 does in go-yaml v2", () => {
  const cases: [text: string, want: Json][] = [
    ["yes", true],
    ["Off", false],
    ["n", false],
    ["TRUE", true],
    ["~", null],
    ["", null],
    ["0777", 511],
    ["0o17", 15],
    ["0x1F", 31],
    ["0b101", 5],
    ["0b-1", -1],
    ["1_000", 1000],
    ["08", 8],
    ["1:30", "1:30"],
    ["1e3", 1000],
    ["1e400", "1e400"],
    [".5", 0.5],
    [".5_1", 0.51],
    ["-0.0", -0],
    ["2001-01-01", "2001-01-01"],
    ["9007199254740993", 9007199254740993n],
    ["18446744073709551615", 18446744073709551615n],
    ["18446744073709551616", 18446744073709552000],
    ["'yes'", "yes"],
    ["! 12", "12"],
    ["!!float 1", 1],
    ["!!binary aGk=", "hi"],
    ["!local x", "x"],
    ["a\n b\n\n c", "a b\nc"],
    ["|\n  a\n   b\n", "a\n b\n"],
    [">-\n  a\n  b\n\n  c\n", "a b\nc"],
    ['"\\x41\\u00e9\\U0001F600\\\n  b"', "Aé😀b"],
    ['{"a":"\\ud83d\\ude00\\/"}', { a: "😀/" }],
    ["{a: [1, b], ? c, d: }", { a: [1, "b"], c: null, d: null }],
    ["[a: b, c]", [{ a: "b" }, "c"]],
    ["y: 1\n1: a\n1.50: b\n", { true: 1, "1": "a", "1.5": "b" }],
    ["a: 1\na: 2\n", { a: 2 }],
    ["b: &x {c: 1, d: 2}\na: {c: 0, <<: *x, d: 3}\n", { b: { c: 1, d: 2 }, a: { c: 1, d: 3 } }],
    ["a: 1\n---\nb: 2\n", { a: 1 }],
    ["__proto__: 1\n", JSON.parse('{"__proto__":1}')],
  ];
  it.each(cases)("%j", (text, want) => expect(load(text)).toEqual(want));
});

describe("load refuses with the words of go-yaml and the true place", () => {
  const cases: [text: string, message: string, line: number][] = [
    ["a: b: c\n", "yaml: mapping values are not allowed in this context", 1],
    ["a:\n  - b\n c: d\n", "yaml: line 2: did not find expected key", 3],
    ["a: [\n", "yaml: line 1: did not find expected node content", 2],
    ["a: 'b\n", "yaml: line 2: found unexpected end of stream", 2],
    ["a:\n\t- b\n", "yaml: line 2: found character that cannot start any token", 2],
    ["a: *b\n", "yaml: unknown anchor 'b' referenced", 1],
    ["a: !!int b\n", "yaml: cannot decode !!str `b` as a !!int", 1],
    ["a: .inf\n", "json: unsupported value: +Inf", 1],
    ["~: a\n", "unsupported map key of type: %!s(<nil>), key: <nil>", 1],
    ["a: &a [*a]\n", "yaml: anchor 'a' value contains itself", 1],
    ["a: \x01\n", "yaml: control characters are not allowed", 1],
    ["<<: 1\n", "yaml: map merge requires map or sequence of maps as the value", 1],
  ];
  it.each(cases)("%j", (text, message, line) => {
    const error = caught(() => load(text, { file: "a.yaml" }));
    expect(error).toMatchObject({ message, code: "INVALID_YAML", class: "terminal" });
    expect(error.position).toMatchObject({ file: "a.yaml", line });
  });

  it("a key that is there twice, in strict mode", () => {
    expect(caught(() => load("a: 1\nb: 2\na: 3\n", { strict: true })).message).toBe(
      'yaml: unmarshal errors:\n  line 3: key "a" already set in map',
    );
  });
});

describe("load is bounded", () => {
  const bomb = Array.from({ length: 12 }, (_, level) =>
    level === 0 ? "a0: &a0 [x, x, x, x, x, x, x, x, x]" : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`,
  );
  const cases: [name: string, text: string, message: string][] = [
    ["flow nesting", "[".repeat(100_000), "yaml: exceeded max depth of 1000"],
    ["block nesting", "- ".repeat(20_000), "yaml: exceeded max depth of 1000"],
    ["values", "[".repeat(2_000) + "]".repeat(2_000), "yaml: exceeded max depth of 1000"],
    [
      "text of aliases",
      `a: &a ${"x".repeat(1_000_000)}\nb: [${"*a,".repeat(50)}]`,
      "yaml: document contains excessive aliasing: want at most 16777216 characters from aliases",
    ],
    ["aliases", bomb.join("\n"), "yaml: document contains excessive aliasing"],
  ];
  it.each(cases)("%s", (_name, text, message) => expect(caught(() => load(text)).message).toBe(message));

  it("length", () => {
    expect(caught(() => load("abc", { maxLength: 2 })).message).toBe("Read YAML: want at most 2 characters, have 3");
  });
});

describe("loadDocuments", () => {
  it("splits at dashes, drops what is empty and knows the lines", () => {
    expect(loadDocuments("# c\n---\na: b\n--- # x\n\n---\nc: d\n")).toEqual([
      { value: { a: "b" }, line: 3 },
      { value: { c: "d" }, line: 7 },
    ]);
  });

  it("counts the lines of an error from the start of the stream", () => {
    const error = caught(() => loadDocuments("a: b\n---\nc: d\ne: f: g\n"));
    expect(error.message).toBe("yaml: line 2: mapping values are not allowed in this context");
    expect(error.position?.line).toBe(4);
  });

  it("counts a separator that starts the stream, as upstream does", () => {
    const error = caught(() => loadDocuments("---\na: b\nc: d: e\n"));
    expect(error.message).toBe("yaml: line 3: mapping values are not allowed in this context");
    expect(error.position?.line).toBe(3);
    expect(loadDocuments("---\na: b\n")).toEqual([{ value: { a: "b" }, line: 2 }]);
  });

  it("ends the last line, unlike load", () => {
    expect(loadDocuments("a: |\n  b")).toEqual([{ value: { a: "b\n" }, line: 1 }]);
    expect(load("a: |\n  b")).toEqual({ a: "b" });
  });

  it("refuses text behind the dashes", () => {
    expect(caught(() => loadDocuments("a: b\n--- c\n")).message).toBe("invalid Yaml document separator: c");
  });
});

describe("dump and load", () => {
  // Control characters are refused, and U+0085 folds.
  const readable = jsonValue().filter((value) => !/[\x7f-\x9f]/.test(JSON.stringify(value)));

  it("give back every JSON value", () => {
    assert(
      property(readable, (value) => {
        expect(comparable(load(dump(value as Json)))).toEqual(comparable(value as Json));
      }),
    );
  });
});

/** A whole double beyond 2^53 comes back as a bigint, and -0 as 0. */
function comparable(value: Json): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? Number(member) : member)),
  );
}

function caught(run: () => unknown): YamlError {
  try {
    run();
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
