import { assert, integer, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { substitute, SubstitutionBudget, SubstitutionError, validateVariableName } from "./index.ts";

const variables: Readonly<Record<string, string>> = {
  v: "abcdEFGH28ij",
  U: "ABCDEFGH28IJ",
  path: "/home/bozo/ideas/thoughts.for.today",
  file: "bash.string.txt",
  z: "abcABC123ABCabc",
  slash: "foo/bar/baz",
  empty: "",
  d: "foo1",
  accent: "éa",
  stars: "a*b*c",
};
// Any character; the one of fast-check takes a second to make.
const scalar = integer({ min: 0, max: 0x10_f7_ff }).map((value) => (value < 0xd8_00 ? value : value + 0x8_00));
const character = oneof(integer({ min: 0, max: 0x7f }), scalar).map((value) => String.fromCodePoint(value));
const lookup = (name: string): string | undefined => variables[name];

// From the table of fluxcd/pkg/envsubst, and what was asked of it beyond that.
describe("substitute", () => {
  const cases: [template: string, want: string][] = [
    ["abc $v \\\\ \\n", "abc $v \\\\ \\n"],
    ["${v}", "abcdEFGH28ij"],
    ["${#v} ${#accent}", "12 3"],
    ["${v^} ${v^^}", "AbcdEFGH28ij ABCDEFGH28IJ"],
    ["${U,} ${U,,}", "aBCDEFGH28IJ abcdefgh28ij"],
    ["${accent^^}", "ÉA"],
    ["${v,^}", "abcdEFGH28ij"],
    ["${path:11}", "ideas/thoughts.for.today"],
    ["${path:11:5} ${path:-5:3}", "ideas /home/bozo/ideas/thoughts.for.today"],
    ["${v:1:-1}", "bcdEFGH28i"],
    ["${v:99} ${v:x} ${v:2:x}", " abcdEFGH28ij abcdEFGH28ij"],
    ["${unset=a} ${unset:=b} ${unset:-c} ${unset:+d} ${unset:?e}", "a b c d e"],
    ["${v=a} ${v:+d} ${empty:-c}", "abcdEFGH28ij abcdEFGH28ij c"],
    ["${unset:=}", ""],
    ["${unset=pre${d}-post}", "prefoo1-post"],
    ["${unset:=${other:=${d^^}}}", "FOO1"],
    ["${z/abc/x} ${z//abc/x}", "xABC123ABCabc xABC123ABCx"],
    ["${z/#abc/x} ${z/%abc/x} ${z/#abc/}", "xABC123ABCabc abcABC123ABCx abcABC123ABCabc"],
    ["${slash/\\//-} ${slash//\\//-} ${file/./}", "foo-bar/baz foo-bar-baz bashstring.txt"],
    ["${file#*.} ${file##*.}", "string.txt txt"],
    ["${file%.*} ${file%%.*}", "bash.string bash"],
    ["${slash##*/} ${slash%%/*}", "baz foo"],
    ["${v#[a-c]?} ${v##[^x]*}", "cdEFGH28ij "],
    ["${stars#a\\*} ${v#[}", "b*c abcdEFGH28ij"],
    ["$${v} $$v $$$v", "${v} $v $$v"],
    ["a ${v}$${x$${v}$v${d}", "a abcdEFGH28ij${x${v}$vfoo1"],
    ["$${v=${d}}", "${v=foo1}"],
  ];
  it.each(cases)("%s", (template, want) => expect(substitute(template, lookup, { strict: false })).toBe(want));

  it("takes what is not set as empty, unless strict", () => {
    expect(substitute("[${unset}${#unset}]", lookup, { strict: false })).toBe("[0]");
    expect(substitute("[${empty}]", lookup, { strict: true })).toBe("[]");
    expect(substitute("[${unset:-x}]", lookup, { strict: true })).toBe("[x]");
  });

  it("puts replacements in as they are", () => {
    expect(substitute("${v/cd/$$&}", lookup, { strict: true })).toBe("ab$&EFGH28ij");
  });

  it("leaves text without references alone", () => {
    assert(
      property(string({ unit: character }), (text) => {
        const plain = text.replaceAll("$", "");
        expect(substitute(plain, lookup, { strict: true })).toBe(plain);
      }),
    );
  });
});

describe("substitute refuses in upstream's words, with the line", () => {
  const cases: [template: string, message: string, line: number][] = [
    ["${unset}", 'variable not set (strict mode): "unset"', 1],
    ["a\nb ${unset^^}", 'variable not set (strict mode): "unset"', 2],
    ["${#unset}", 'variable not set (strict mode): "unset"', 1],
    ["${unset//a/b}", 'variable not set (strict mode): "unset"', 1],
    ["a\n\n${}", "unable to parse variable name", 3],
    ["${v", "missing closing brace", 1],
    ["${v-x}", "missing closing brace", 1],
    ["${v+x}", "missing closing brace", 1],
    ["${v?x}", "missing closing brace", 1],
    ["${v:-a", "unable to parse substitution within function", 1],
    ["${v#}", "unable to parse substitution within function", 1],
    ["${v/a}", "bad substitution", 1],
    ["${#}", "bad substitution", 1],
    ["${v:é}", "bad substitution", 1],
    ["${accent:1}", "substitute: a character would be cut in half, offsets and lengths count bytes", 1],
    ["${a:=".repeat(300), "references nested deeper than 200", 1],
  ];
  it.each(cases)("%s", (template, message, line) => {
    const error = caught(() => substitute(template, lookup, { strict: true, file: "a.yaml" }));
    expect(error).toMatchObject({ message, code: "INVALID_SUBSTITUTION", class: "terminal" });
    expect(error.position).toEqual({ line, file: "a.yaml" });
  });

  it("bounds what is made", () => {
    const big = (name: string): string => (name === "x" ? "x" : "y").repeat(10_000);
    expect(() => substitute("${x//x/${y}}", big, { strict: true })).toThrow("from one replacement");
    expect(() => substitute("${x}".repeat(3), big, { strict: true, maxLength: 20_000 })).toThrow("20000 characters");
    expect(() => substitute("${x##*y}", () => "z".repeat(20_000), { strict: true })).toThrow("to trim");
  });

  const long: Readonly<Record<string, string>> = {
    a: "x".repeat(4_000),
    b: "y".repeat(4_000),
    m: "z".repeat(1_000_000),
  };
  it.each([
    ["arguments that nobody uses", "${a:=${a//x/${b}}}".repeat(100), "characters from all references"],
    ["arguments together", `\${unset:=${"${m}".repeat(1_000)}}`, "characters from all references"],
    ["trims one after another", "${a##*x*x*x*b}".repeat(1_000), "steps to trim"],
    ["a trim by a long pattern", `\${a##*${"x".repeat(2_000)}b}`, "steps to trim"],
  ])("bounds what all references take: %s", (_name, template, message) => {
    expect(() => substitute(template, (name) => long[name], { strict: true })).toThrow(message);
  });

  it("bounds what all texts of one caller take", () => {
    const budget = new SubstitutionBudget();
    const texts = Array.from(
      { length: 100 },
      () => (): string => substitute("${m}", (name) => long[name], { strict: true, budget }),
    );
    expect(() => texts.map((run) => run())).toThrow("characters from all references");
  });
});

describe("validateVariableName", () => {
  it.each(["a", "_", "A1_b"])("takes %s", (name) => expect(() => validateVariableName(name)).not.toThrow());
  it.each(["", "1a", "a-b", "é", "a b", "a\n"])("refuses %j", (name) => {
    const wanted = "^[_[:alpha:]][_[:alpha:][:digit:]]*$";
    expect(caught(() => validateVariableName(name)).message).toBe(
      `'${name}' var name is invalid, must match '${wanted}'`,
    );
  });
});

function caught(run: () => unknown): SubstitutionError {
  try {
    run();
  } catch (error) {
    if (error instanceof SubstitutionError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
