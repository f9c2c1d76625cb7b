import { fakeClock } from "@eddy/core/clock";
import { describe, expect, test } from "vitest";
import { type FunctionTable, goFunction } from "../function.ts";
import { BudgetError } from "../template-error.ts";
import { type ExecuteOptions, TemplateSet } from "../template-set.ts";
import { int } from "../value/integer.ts";

const clock = fakeClock();
const functions: FunctionTable = {
  include: goFunction(["string", "any"], "string", (context, name, data) =>
    context.execute(context.templates, name, data),
  ),
  repeat: goFunction(["int", "string"], "string", (context, count, text) => {
    context.charge(Number(count.value) * text.length);
    return text.repeat(Number(count.value));
  }),
  wait: goFunction([], "string", () => (clock.advance(11_000), "")),
};

function execute(text: string, options: ExecuteOptions = {}): string {
  const set = new TemplateSet(functions);
  set.parse("chart/x.yaml", text);
  return set.execute("chart/x.yaml", {}, { clock, ...options });
}

describe("stops with the template and line", () => {
  test.each<[what: string, text: string, options: ExecuteOptions, why: string]>([
    [
      "an endless loop",
      "\n{{ range 9000000000 }}{{ end }}",
      { maxSteps: 100_000 },
      "x.yaml:2:9: .*took more than 100000 steps",
    ],
    [
      "loops in loops",
      "{{ range 5000 }}{{ range 5000 }}{{ end }}{{ end }}",
      { maxSteps: 100_000 },
      "took more than 100000 steps",
    ],
    [
      "much output",
      "\n\n{{ range 1000000 }}0123456789{{ end }}",
      { maxBytes: 100_000 },
      "x.yaml:3:9: .*made more than 100000 bytes",
    ],
    [
      "a doubled text",
      '{{ $x := "0123456789" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}',
      {},
      "made more than 268435456 bytes",
    ],
    ["a gigabyte at once", '{{ repeat 1000000000 "x" }}', {}, "x.yaml:1:21: .*made more than"],
    [
      "a wide number",
      '{{ range 1000 }}{{ $x := printf "%1000000d" 1 }}{{ end }}',
      {},
      "made more than 268435456 bytes",
    ],
    [
      "endless templates",
      '{{ define "r" }}{{ template "r" }}{{ end }}\n{{ template "r" }}',
      {},
      'x.yaml:1:28: executing "r": templates are nested too deeply',
    ],
    [
      "endless includes",
      '{{ define "r" }}{{ include "r" . }}{{ end }}\n{{ include "r" . }}',
      {},
      "x.yaml:1:.*nested too deeply",
    ],
    ["time", "{{ wait }}{{ range 100000 }}{{ end }}", {}, "ran longer than 10000 ms"],
  ])("%s", (_, text, options, why) => {
    expect(() => execute(text, options)).toThrow(BudgetError);
    expect(() => execute(text, options)).toThrow(new RegExp(`stop template chart/.*${why}`, "s"));
  });
});

test("a depth below the stack's fails as Go does", () => {
  expect(() => execute('{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}', { maxDepth: 100 })).toThrow(
    'template: chart/x.yaml:1:28: executing "r" at <{{template "r"}}>: exceeded maximum template depth (100)',
  );
});

test("a thousand templates within each other are no problem", () => {
  const set = new TemplateSet({ next: goFunction(["int"], "int", (_, count) => int(count.value + 1n)) });
  set.parse(
    "t",
    '{{ define "r" }}{{ if lt . 1000 }}{{ template "r" (next .) }}{{ end }}{{ end }}{{ template "r" 0 }}ok',
  );
  expect(set.execute("t", {})).toBe("ok");
});
