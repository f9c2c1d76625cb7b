import { load } from "@eddy/goyaml";
import type { Json } from "@eddy/core/json";
import { expect, test } from "vitest";
import { evaluateTemplate, parseTemplate, printFound } from "./index.ts";

const document = load(`
a: {b: 1, c: [x, true, z], f: 1.50, big: 100000000, nil: null, t: true}
items:
- {name: one, port: 80, tags: [q]}
- {name: two, port: 8080}
- {name: "th'ree", port: 443, kind: "a)b"}
html: "<a>&"
dot.ted: 5
`) as Json;

const print = (template: string): string => printFound(evaluateTemplate(parseTemplate(template), document));

// What helm 3.22 and 4.3 print with \`show values --jsonpath\`.
test.each<[string, string]>([
  ["{.a.b}", "1"],
  ["{.a.c}", '["x",true,"z"]'],
  ["{.a.c[0]}{.a.c[-1]}", "xz"],
  ["{.a.c[-1:]}", "z"],
  ["{.a.c[0:2]}", "x true"],
  ["{.a.c[::2]}", "x z"],
  ["{.a.c[0,2]}", "x z"],
  ["{.a.f} {.a.big} {.a.t} {.a.nil}", "1.5 1e+08 true null"],
  ["{.html}", "<a>&"],
  ["{.dot\\.ted}", "5"],
  ["{.items[*].name}", "one two th'ree"],
  ["{.items[*]['name','port']}", "one two th'ree 80 8080 443"],
  ['{.items[?(@.name=="two")].port}', "8080"],
  ['{.items[?(@.name<"p")].name}', "one"],
  ["{.items[?(@.port>100.0)].name}", "two th'ree"],
  ["{.items[?(@.tags)].name}", "one"],
  ['{.items[?(@.name=="a)b")].name}', ""],
  ['{range .items[*]}{.name}{"\\t"}{.port}{"\\n"}{end}done', "one\t80\ntwo\t8080\nth'ree\t443\ndone"],
  ["{range .items[?(@.nope)]}x{end}y", "y"],
  ["{range .a.c[*]}{1}", "1111"],
  ["{..name}", "one two th'ree"],
  ['hello {.a.b} "x"', 'hello 1 "x"'],
  ['{1} {2.5} {true} {"q\\u00e9"}', "1 2.5 true qé"],
  ["{.a.*}", '1 1e+08 ["x",true,"z"] 1.5 null true'],
])("%s", (template, wanted) => {
  expect(print(template)).toBe(wanted);
});

test.each<[string, string]>([
  ["{.a.b", "unclosed action"],
  ["{.a ~}", "unrecognized character in action: U+007E '~'"],
  ["{.a.c[x]}", "invalid array index x"],
  ["{.a[", "unterminated array"],
  ["{.a[?(@.x}", "unterminated filter"],
  ["{'a}", "unterminated quoted string"],
  ["{.....x}", "invalid multiple recursive descent"],
  ["{foo}", "unrecognized identifier foo"],
  ["{end}", "not in range, nothing to end"],
  ["{.a.missing}", "missing is not found"],
  ['{.items[?(@.kind=="a)b")].name}', "kind is not found"],
  ["{['dot.ted']}", "dot is not found"],
  ["{.a.c[5]}", "array index out of bounds: index 5, length 3"],
  ["{.a[0]}", "map[string]interface {} is not array or slice"],
  ["{.items[?(@.port>100)].name}", "incompatible types for comparison"],
  [`{${"[?(".repeat(40)}`, "unterminated filter"],
  [`{${'["a",'.repeat(20_000)}`, "a template has at most 65536 characters"],
])("%s is refused", (template, message) => {
  expect(() => print(template)).toThrow(message);
});
