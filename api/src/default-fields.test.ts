import { expect, test } from "vitest";
import { defaultFields } from "./default-fields.ts";
import type { JsonSchema } from "./schema.ts";

const leaf: JsonSchema = { type: "object", properties: { mode: { type: "string", default: "HEAD" } } };
const cases: { name: string; schema: JsonSchema; value: unknown; want: unknown }[] = [
  { name: "absent", schema: leaf, value: {}, want: { mode: "HEAD" } },
  {
    name: "null counts as absent where there is a default",
    schema: leaf,
    value: { mode: null },
    want: { mode: "HEAD" },
  },
  { name: "empty text is a value", schema: leaf, value: { mode: "" }, want: { mode: "" } },
  { name: "an absent parent stays absent", schema: { properties: { a: leaf } }, value: {}, want: {} },
  {
    name: "a parent's default is defaulted in turn",
    schema: { properties: { a: { ...leaf, default: {} } } },
    value: {},
    want: { a: { mode: "HEAD" } },
  },
  { name: "list items", schema: { items: leaf }, value: [{}, { mode: "x" }], want: [{ mode: "HEAD" }, { mode: "x" }] },
  { name: "map values", schema: { additionalProperties: leaf }, value: { k: {} }, want: { k: { mode: "HEAD" } } },
  { name: "another type is left alone", schema: leaf, value: "text", want: "text" },
];

test.each(cases)("$name", ({ schema, value, want }) => {
  defaultFields(value, schema);
  expect(value).toEqual(want);
});

test("a default is copied, never shared", () => {
  const schema: JsonSchema = { properties: { status: { type: "object", default: { observedGeneration: -1 } } } };
  const [first, second]: [Record<string, object>, Record<string, object>] = [{}, {}];
  defaultFields(first, schema);
  defaultFields(second, schema);
  expect(first["status"]).not.toBe(second["status"]);
});
