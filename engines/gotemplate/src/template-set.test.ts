import { messageOf } from "@eddy/core/errors";
import { describe, expect, test } from "vitest";
import { goFunction, type FunctionTable, goMethod } from "./function.ts";
import { ExecuteError } from "./template-error.ts";
import { type ExecuteOptions, TemplateSet } from "./template-set.ts";
import { namedType, structType } from "./value/go-type.ts";
import { type GoMap, type GoValue, Sequence, Struct, tag } from "./value/go-value.ts";
import { int } from "./value/integer.ts";

const functions: FunctionTable = {
  upper: goFunction(["string"], "string", (_, text) => text.toUpperCase()),
  add: goFunction(["int", "int"], "int", (_, left, right) => int(left.value + right.value)),
  list: goFunction(["...any"], "[]any", (_, ...items) => items),
  fail: goFunction(["string"], "string", (_, text) => {
    throw new Error(text);
  }),
  include: goFunction(["string", "any"], "string", (context, name, data) =>
    context.execute(context.templates, name, data),
  ),
  tpl: goFunction(["string", "any"], "string", (context, text, data) => {
    const overlay = context.templates.overlay();
    overlay.parse("tpl", text);
    return context.execute(overlay, "tpl", data);
  }),
  host: goFunction([], "string", (context) => String(context.host)),
};

function render(text: string, data: GoValue = {}, options: ExecuteOptions = {}): string {
  const set = new TemplateSet(functions, { name: "set" });
  try {
    set.parse("t", text);
    return set.execute("t", data, options);
  } catch (error) {
    return messageOf(error);
  }
}

const who = structType(
  "main.Who",
  { Name: "string", Any: "any" },
  {
    methods: {
      Greet: goMethod(
        ["string"],
        "string",
        (_, self: Struct, greeting) => `${greeting} ${String(self.fields["Name"])}`,
      ),
    },
  },
);
const values = namedType("main.Values", "map[string]any", {
  methods: { Has: goMethod(["string"], "bool", (_, self: GoMap, key) => Object.hasOwn(self, key)) },
});
const data = {
  text: "hi",
  number: 12345678,
  whole: 3,
  list: ["a", "b", "c"],
  empty: [],
  map: { b: 2, a: 1, é: 3 },
  nil: null,
  deep: { er: { est: "x" } },
  int: int(3),
  who: new Struct(who, { Name: "Eddy", Any: "x" }),
  values: tag({ key: "v" }, values),
  texts: tag({ a: "x" }, "map[string]string"),
};

describe("values and fields", () => {
  test.each([
    ["{{ .text }}", "hi"],
    ["{{ .number }} {{ .whole }} {{ 1.0 }} {{ 1e6 }} {{ 0.000001 }}", "1.2345678e+07 3 1 1e+06 1e-06"],
    ["{{ .deep.er.est }}{{ (.deep).er.est }}{{ $.deep.er.est }}", "xxx"],
    ["{{ .missing }}|{{ .nil }}|{{ .missing.more }}", "<no value>|<no value>|<no value>"],
    ["{{ .map }} {{ .list }} {{ .empty }}", "map[a:1 b:2 é:3] [a b c] []"],
    ['{{ .who.Name }} {{ .who.Greet "hello" }} {{ "bye" | .who.Greet }}', "Eddy hello Eddy bye Eddy"],
    ['{{ .values.key }} {{ .values.Has "key" }} {{ .values.Has "x" }}', "v true false"],
    ["{{ 'a' }} {{ 0x10 }} {{ 017 }} {{ 0b11 }} {{ 1_000 }} {{ 2i }} {{ true }}", "97 16 15 3 1000 (0+2i) true"],
    ['{{ `raw\\n` }}{{ "\\u00e9\\n" }}', "raw\\né\n"],
    ["{{ constructor }}", 'template: t:1: function "constructor" not defined'],
    ["{{ .constructor }}{{ .map.__proto__ }}", "<no value><no value>"],
  ])("%s", (text, want) => {
    expect(render(text, data)).toBe(want);
  });
});

describe("actions", () => {
  test.each([
    ["a {{- /* c */ -}} b {{- 1 -}} c", "ab1c"],
    ["{{ if .text }}yes{{ else }}no{{ end }}{{ if .empty }}yes{{ else if .whole }}elif{{ end }}", "yeselif"],
    ["{{ with .deep }}{{ .er.est }}{{ end }}{{ with .nil }}x{{ else with .text }}{{ . }}{{ else }}z{{ end }}", "xhi"],
    ["{{ range .list }}{{ . }},{{ end }}{{ range $i, $e := .list }}{{ $i }}={{ $e }} {{ end }}", "a,b,c,0=a 1=b 2=c "],
    ["{{ range $k, $v := .map }}{{ $k }}{{ $v }} {{ end }}", "a1 b2 é3 "],
    ["{{ range .empty }}x{{ else }}none{{ end }}{{ range .nil }}x{{ else }}nil{{ end }}", "nonenil"],
    ["{{ range 3 }}{{ . }}{{ end }}{{ range $i := .int }}{{ $i }}{{ end }}", "012012"],
    ['{{ range .list }}{{ if eq . "b" }}{{ continue }}{{ end }}{{ . }}{{ end }}', "ac"],
    ['{{ range .list }}{{ if eq . "b" }}{{ break }}{{ end }}{{ . }}{{ end }}', "a"],
    ["{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ $x }}{{ end }}{{ $x }}", "32"],
    ["{{ $x := 1 }}{{ range $x = .list }}{{ end }}{{ $x }}", "c"],
    ['{{ define "d" }}<{{ . }}{{ $ }}>{{ end }}{{ template "d" 1 }}{{ template "d" }}', "<11><<no value><no value>>"],
    ['{{ block "b" .text }}[{{ . }}]{{ end }}', "[hi]"],
    ['{{ define "e" }} {{ end }}{{ define "e" }}later{{ end }}{{ template "e" }}', "later"],
    ['{{ .text | upper | printf "%s-%s" "x" }} {{ (printf "%d" (add 1 2)) | len }}', "x-HI 1"],
    ['{{ $x := "a" }}{{ define "d" }}{{ end }}{{ with $y := $x }}{{ $y }}{{ end }}', "a"],
  ])("%s", (text, want) => {
    expect(render(text, data)).toBe(want);
  });
});

describe("functions of text/template", () => {
  test.each([
    [
      '{{ and 1 0 }} {{ and 1 2 }} {{ or 0 "" }} {{ or "" 3 }} {{ not 0 }} {{ and .missing.x.y }}',
      "0 2  3 true <no value>",
    ],
    ['{{ or true (fail "no") }} {{ and false (fail "no") }}', "true false"],
    ['{{ len "é" }} {{ len .list }} {{ len .map }}', "2 3 3"],
    [
      '{{ index .list 1 }} {{ index .map "a" }} {{ index .map "z" }} {{ index "abc" 1 }} {{ index .texts "z" }}',
      "b 1 <no value> 98 ",
    ],
    ['{{ slice "hello" 1 3 }} {{ slice .list 1 }} {{ slice .list 1 2 3 }}', "el [b c] [b]"],
    ['{{ print 1 2 "a" "b" 3 }} {{ println 1 "a" }}', "1 2ab3 1 a\n"],
    [
      '{{ html "<a b=\'c\'>&\\"" }} {{ js "it\'s\\n<" }} {{ urlquery "a b&c/é" }}',
      "&lt;a b=&#39;c&#39;&gt;&amp;&#34; it\\'s\\u000A\\u003C a+b%26c%2F%C3%A9",
    ],
    [
      '{{ eq 1 1 }} {{ eq 1 2 3 1 }} {{ eq .whole 3.0 }} {{ ne "a" "b" }} {{ eq .nil nil }}',
      "true true true true true",
    ],
    ['{{ lt 1 2 }} {{ le 2 2 }} {{ gt "b" "a" }} {{ ge 1.5 2.5 }}', "true true true false"],
  ])("%s", (text, want) => {
    expect(render(text, data)).toBe(want);
  });
});

describe("errors have Go's words, line, column and node", () => {
  test.each([
    ["{{ .text.x }}", 't:1:8: executing "t" at <.text.x>: can\'t evaluate field x in type interface {}'],
    ["{{ (.text).x }}", 't:1:4: executing "t" at <.text>: can\'t evaluate field x in type string'],
    ["{{ .nil.x }}", 't:1:7: executing "t" at <.nil.x>: nil pointer evaluating interface {}.x'],
    [
      "\n é {{ .who.Missing }}",
      't:2:11: executing "t" at <.who.Missing>: can\'t evaluate field Missing in type interface {}',
    ],
    ["{{ .who.Greet }}", 't:1:7: executing "t" at <.who.Greet>: wrong number of args for Greet: want 1 got 0'],
    ["{{ .text 1 }}", 't:1:3: executing "t" at <.text>: text is not a method but has arguments'],
    ["{{ upper 1 }}", 't:1:9: executing "t" at <1>: expected string; found 1'],
    ["{{ upper .whole }}", 't:1:9: executing "t" at <.whole>: wrong type for value; expected string; got float64'],
    ["{{ upper .missing }}", 't:1:9: executing "t" at <.missing>: invalid value; expected string'],
    ["{{ upper .nil }}", 't:1:9: executing "t" at <.nil>: wrong type for value; expected string; got interface {}'],
    ["{{ upper nil }}", 't:1:9: executing "t" at <nil>: cannot assign nil to string'],
    ['{{ upper "a" "b" }}', 't:1:3: executing "t" at <upper>: wrong number of args for upper: want 1 got 2'],
    ["{{ add 1.5 1 }}", 't:1:7: executing "t" at <1.5>: expected integer; found 1.5'],
    ['{{ fail "no" }}', 't:1:3: executing "t" at <fail "no">: error calling fail: no'],
    [
      "{{ eq 1 1.0 }}",
      't:1:3: executing "t" at <eq 1 1.0>: error calling eq: incompatible types for comparison: int and float64',
    ],
    ["{{ lt .list 1 }}", 't:1:3: executing "t" at <lt .list 1>: error calling lt: invalid type for comparison'],
    [
      "{{ eq .map .map }}",
      't:1:3: executing "t" at <eq .map .map>: error calling eq: non-comparable type map[a:%!s(float64=1) b:%!s(float64=2) é:%!s(float64=3)]: map[string]interface {}',
    ],
    ["{{ index .list 7 }}", 't:1:3: executing "t" at <index .list 7>: error calling index: index out of range: 7'],
    ["{{ index .missing 1 }}", 't:1:3: executing "t" at <index .missing 1>: error calling index: index of untyped nil'],
    ["{{ len 3 }}", 't:1:3: executing "t" at <len 3>: error calling len: len of type int'],
    ["{{ range .text }}{{ end }}", 't:1:9: executing "t" at <.text>: range can\'t iterate over hi'],
    ['{{ template "x" }}', 't:1:12: executing "t" at <{{template "x"}}>: template "x" not defined'],
    ["{{ 1 2 }}", 't:1:3: executing "t" at <1>: can\'t give argument to non-function 1'],
    ["{{ nil }}", 't:1:3: executing "t" at <nil>: nil is not a command'],
    ["{{ $x := $x }}", 't:1:9: executing "t" at <$x>: undefined variable: $x'],
  ])("%s", (text, want) => {
    expect(render(text, data)).toBe(`template: ${want}`);
  });

  test("an error inside an included template is wrapped", () => {
    expect(render('{{ define "a" }}\n{{ fail "no" }}{{ end }}{{ include "a" . }}')).toBe(
      'template: t:2:27: executing "t" at <include "a" .>: error calling include: ' +
        'template: t:2:3: executing "a" at <fail "no">: error calling fail: no',
    );
  });

  test("carry the place as data", () => {
    const set = new TemplateSet(functions);
    set.parse("chart/templates/x.yaml", "a: b\nc: {{ .x.y }}");
    const run = (): string => set.execute("chart/templates/x.yaml", { x: "text" });
    expect(run).toThrow(ExecuteError);
    expect(run).toThrow(
      expect.objectContaining({
        code: "TEMPLATE_EXECUTE",
        class: "terminal",
        position: { file: "chart/templates/x.yaml", line: 2 },
        place: { template: "chart/templates/x.yaml", line: 2, column: 8, node: ".x.y" },
      }) as Error,
    );
  });

  test("an unknown template is named with its set", () => {
    expect(() => new TemplateSet({}, { name: "gotpl" }).execute("x", {})).toThrow(
      'template: no template "x" associated with template "gotpl"',
    );
  });
});

test.each([
  ["default", "<no value>|", "<no value>"],
  ["zero", "<no value>|", 'template: t:1:5: executing "t" at <.x.y>: nil pointer evaluating interface {}.y'],
  [
    "error",
    'template: t:1:3: executing "t" at <.x>: map has no entry for key "x"',
    'template: t:1:5: executing "t" at <.x.y>: map has no entry for key "x"',
  ],
] as const)("missingkey=%s", (missingKey, shallow, deep) => {
  expect(render("{{ .x }}|", data, { missingKey })).toBe(shallow);
  expect(render("{{ .x.y }}", data, { missingKey })).toBe(deep);
});

test("missingkey=zero gives a typed map its zero value", () => {
  expect(render("[{{ .texts.z }}]", data, { missingKey: "zero" })).toBe("[]");
  expect(render("[{{ .texts.z }}]", data)).toBe("[<no value>]");
});

test("iterators are ranged over", () => {
  const pairs = new Sequence(
    "iter.Seq2[string,int]",
    true,
    () =>
      [
        ["a", int(1)],
        ["b", int(2)],
      ] as const,
  );
  const single = new Sequence(
    "iter.Seq[int]",
    false,
    () =>
      [
        [undefined, int(1)],
        [undefined, int(2)],
      ] as const,
  );
  expect(
    render(
      "{{ range $k, $v := .p }}{{ $k }}{{ $v }} {{ end }}{{ range .p }}{{ . }}{{ end }}{{ range .s }}{{ . }}{{ end }}",
      { p: pairs, s: single },
    ),
  ).toBe("a1 b2 ab12");
  expect(render("{{ .s }}", { s: single })).toBe(
    'template: t:1:3: executing "t" at <{{.s}}>: can\'t print {{.s}} of type iter.Seq[int]',
  );
});

describe("sets", () => {
  test("an overlay keeps its definitions, and templates below see them while it runs", () => {
    const set = new TemplateSet(functions);
    set.parse("main", '{{ define "name" }}below{{ end }}{{ define "say" }}{{ template "name" }}{{ end }}');
    const overlay = set.overlay();
    overlay.parse("over", '{{ define "name" }}above{{ end }}{{ template "say" }}');
    expect(overlay.execute("over", {})).toBe("above");
    set.parse("again", '{{ template "say" }}');
    expect(set.execute("again", {})).toBe("below");
    expect(set.has("over")).toBe(false);
    expect(overlay.names()).toEqual(["name", "say", "main", "again", "over"]);
  });

  test("a later text replaces a definition, an empty one does not", () => {
    const set = new TemplateSet({});
    set.parse("a", '{{ define "x" }}1{{ end }}');
    set.parse("b", '{{ define "x" }}  {{/* nothing */}} {{ end }}{{ template "x" }}');
    expect(set.execute("b", {})).toBe("1");
    set.parse("c", '{{ define "x" }}3{{ end }}');
    expect(set.execute("b", {})).toBe("3");
  });

  test("tpl and include run within the execution, with its host", () => {
    expect(render('{{ tpl "{{ host }}{{ .a }}" (index .list 0) }}', { list: [{ a: 1 }] }, { host: "h" })).toBe("h1");
  });

  test("other delimiters", () => {
    const set = new TemplateSet({}, { leftDelimiter: "[[", rightDelimiter: "]]" });
    set.parse("t", "{{ [[- .a -]] }}");
    expect(set.execute("t", { a: 1 })).toBe("{{1}}");
  });
});
