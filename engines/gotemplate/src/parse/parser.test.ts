import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../template-error.ts";
import { formatNode } from "./node.ts";
import { parseTemplates } from "./parser.ts";

const options = { hasFunction: (name: string): boolean => name === "print" };

function parse(text: string): string {
  return formatNode(parseTemplates("t", text, options).get("t")?.root ?? { kind: "end", at: 0 });
}

test.each([
  ["a{{- print 1 -}} b", "a{{print 1}}b"],
  ["{{if .x}}1{{else if .y}}2{{else}}3{{end}}", "{{if .x}}1{{else}}{{if .y}}2{{else}}3{{end}}{{end}}"],
  ["{{with $x := .a.b}}{{$x.c}}{{end}}", "{{with $x := .a.b}}{{$x.c}}{{end}}"],
  ["{{range $i, $e := .l}}{{break}}{{end}}", "{{range $i, $e := .l}}{{break}}{{end}}"],
  ["{{ (print 1 | print).x 'a' `b` nil true }}", "{{(print 1 | print).x 'a' `b` nil true}}"],
  ['{{ template "x" . }}', '{{template "x" .}}'],
  ["{{/* gone */}}x", "x"],
])("%s is printed as %s", (text, want) => {
  expect(parse(text)).toBe(want);
});

describe("refuses with Go's words and line", () => {
  test.each([
    ["{{", "t:1: unclosed action"],
    ["\n{{ .x\n\n", "t:4: unclosed action started at t:2"],
    ["{{ }}", "t:1: missing value for command"],
    ["{{ x }}", 't:1: function "x" not defined'],
    ["{{ $x }}", 't:1: undefined variable "$x"'],
    ["{{ if .x }}", "t:1: unexpected EOF"],
    ["{{ end }}", "t:1: unexpected {{end}}"],
    ["{{ else }}", "t:1: unexpected {{else}}"],
    ["a\n{{ if }}{{ end }}", "t:2: missing value for if"],
    ["{{ .x | 1 }}", "t:1: non executable command in pipeline stage 2"],
    ["{{ (.x }}", "t:1: unclosed left paren"],
    ["{{ .x) }}", "t:1: unexpected right paren"],
    ['{{ "a }}', "t:1: unterminated quoted string"],
    ["{{ `a }}", "t:1: unterminated raw quoted string"],
    ["{{ 'a }}", "t:1: unterminated character constant"],
    ["{{ 'ab' }}", "t:1: malformed character constant: 'ab'"],
    ["{{ 1a }}", 't:1: bad number syntax: "1a"'],
    ["{{ 0x }}", 't:1: illegal number syntax: "0x"'],
    ["{{ 99999999999999999999 }}", 't:1: integer overflow: "99999999999999999999"'],
    ["{{ .x@ }}", "t:1: bad character U+0040 '@'"],
    ["{{ @ }}", 't:1: unexpected "@" in command'],
    ["{{ \u0001 }}", "t:1: unrecognized character in action: U+0001"],
    ["{{/* x }}", "t:1: unclosed comment"],
    ["{{/* x */ }}", "t:1: comment ends before closing delimiter"],
    ["{{ break }}", "t:1: {{break}} outside {{range}}"],
    ["{{ range $a, $b, $c := .x }}{{ end }}", "t:1: too many declarations in range"],
    ["{{ $a, $b := 1 }}", "t:1: too many declarations in command"],
    ['{{ define "a" }}1{{ end }}{{ define "a" }}2{{ end }}', 't:1: template: multiple definition of template "a"'],
    ["{{ define x }}{{ end }}", 't:1: unexpected "x" in define clause'],
    ['{{ define "a" }}', "t:1: unexpected EOF"],
    ["{{ template x }}", 't:1: unexpected "x" in template clause'],
    ["{{ 1.x }}", 't:1: bad number syntax: "1.x"'],
    ['{{ "a".x }}', 't:1: unexpected . after term "\\"a\\""'],
    ["{{ .a.b.longidentifier:x }}", "t:1: expected :="],
  ])("%s", (text, want) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: "TEMPLATE_PARSE", message: `template: ${want}` }) as Error,
    );
  });
});

test("a break is a name where there is such a function", () => {
  expect(
    formatNode(
      parseTemplates("t", "{{ break }}", { hasFunction: () => true }).get("t")?.root ?? { kind: "end", at: 0 },
    ),
  ).toBe("{{break}}");
});

test("deep nesting ends with an error, not with the stack", () => {
  expect(() => parse(`{{ ${"(".repeat(200_000)}`)).toThrow("max expression depth exceeded");
});

/** What becomes of a text: its templates, or the error. */
function outcomeOf(text: string): unknown {
  try {
    return parseTemplates("t", text, options);
  } catch (error) {
    return error;
  }
}

test("any text parses or is refused with a ParseError", () => {
  const pieces = fc.constantFrom(
    ...'{{ }} - if range end else with .x $x := | ( ) "a" 1 print /* */ define é \''.split(" "),
    " ",
    "\n",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 12 }), (parts) => {
      const outcome = outcomeOf(parts.join(""));
      expect(outcome instanceof Map || outcome instanceof ParseError).toBe(true);
    }),
  );
});
