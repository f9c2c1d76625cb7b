import type { Json, JsonObject } from "@eddy/core/json";
import { describe, expect, it } from "vitest";
import { validateValues } from "./validate-values.ts";

/** What is said about values, without the lines that are always there; "" where they are valid. */
function said(schema: Json, values: JsonObject, remote?: (url: string) => string | undefined): string {
  try {
    const chart = { metadata: { name: "app" }, schema: Buffer.from(JSON.stringify(schema)), dependencies: [] };
    validateValues(chart, values, { remoteSchema: remote });
    return "";
  } catch (error) {
    return (error as Error).message.split("\n").slice(2).join("\n").trimEnd();
  }
}

const draft7 = "http://json-schema.org/draft-07/schema#";

describe("values against a schema", () => {
  it.each<[string, Json, JsonObject, string]>([
    ["a type", { properties: { n: { type: "integer" } } }, { n: "x" }, "- at '/n': got string, want integer"],
    [
      "several types",
      { properties: { n: { type: ["string", "null"] } } },
      { n: 1 },
      "- at '/n': got number, want null or string",
    ],
    ["a whole number is an integer", { properties: { n: { type: "integer" } } }, { n: 5 }, ""],
    [
      "an int64 of --set",
      { properties: { n: { type: "integer", minimum: 2 } } },
      { n: 1n },
      "- at '/n': minimum: got 1, want 2",
    ],
    ["required", { required: ["a", "b"] }, {}, "- at '': missing properties 'a', 'b'"],
    [
      "more than allowed",
      { additionalProperties: false, properties: { a: true } },
      { a: 1, b: 2 },
      "- at '': additional properties 'b' not allowed",
    ],
    ["an enum", { properties: { a: { enum: ["x", 1] } } }, { a: "y" }, "- at '/a': value must be one of 'x', 1"],
    [
      "a pattern, in RE2",
      { properties: { a: { pattern: "^(a+)+$" } } },
      { a: `${"a".repeat(5_000)}b` },
      `- at '/a': '${"a".repeat(5_000)}b' does not match pattern '^(a+)+$'`,
    ],
    [
      "lengths and counts",
      { properties: { a: { maxLength: 2 }, b: { minItems: 1 } } },
      { a: "abc", b: [] },
      "- at '/a': maxLength: got 3, want 2\n- at '/b': minItems: got 0, want 1",
    ],
    [
      "thousands",
      { properties: { a: { maximum: 65_535 } } },
      { a: 70_000 },
      "- at '/a': maximum: got 70,000, want 65,535",
    ],
    [
      "anyOf",
      { properties: { a: { anyOf: [{ type: "string" }, { type: "null" }] } } },
      { a: 1 },
      "- at '/a': 'anyOf' failed\n  - at '/a': got number, want string\n  - at '/a': got number, want null",
    ],
    [
      "oneOf, two",
      { properties: { a: { oneOf: [{ type: "number" }, { minimum: 0 }] } } },
      { a: 1 },
      "- at '/a': 'oneOf' failed, subschemas 0, 1 matched",
    ],
    ["not", { not: { required: ["a"] } }, { a: 1 }, "- at '': 'not' failed"],
    [
      "if, then, else",
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      { $schema: draft7, if: { required: ["a"] }, then: { required: ["b"] }, else: { required: ["c"] } },
      { a: 1 },
      "- at '': missing property 'b'",
    ],
    [
      "a reference",
      { $defs: { port: { type: "integer" } }, properties: { p: { $ref: "#/$defs/port" } } },
      { p: "x" },
      "- at '/p': got string, want integer",
    ],
    [
      "draft 7: nothing counts beside $ref",
      { $schema: draft7, definitions: { any: true }, properties: { p: { $ref: "#/definitions/any", type: "string" } } },
      { p: 1 },
      "",
    ],
    [
      "draft 4: exclusiveMinimum is a flag",
      { $schema: "http://json-schema.org/draft-04/schema#", properties: { a: { minimum: 1, exclusiveMinimum: true } } },
      { a: 1 },
      "- at '/a': exclusiveMinimum: got 1, want 1",
    ],
    [
      "formats, in draft 7",
      { $schema: draft7, properties: { a: { format: "ipv4" } } },
      { a: "1.2.3" },
      "- at '/a': '1.2.3' is not valid ipv4: expected four decimals",
    ],
    ["formats say nothing in 2020", { properties: { a: { format: "ipv4" } } }, { a: "1.2.3" }, ""],
    [
      "what nobody looked at",
      { properties: { a: true }, allOf: [{ properties: { b: true } }], unevaluatedProperties: false },
      { a: 1, b: 1, c: 1 },
      "- at '/c': false schema",
    ],
    [
      "dependencies",
      { $schema: draft7, dependencies: { a: ["b"] } },
      { a: 1 },
      "- at '': properties 'b' required, if 'a' exists",
    ],
    [
      "an anchor",
      { $defs: { x: { $anchor: "here", type: "string" } }, properties: { a: { $ref: "#here" } } },
      { a: 1 },
      "- at '/a': got number, want string",
    ],
    [
      "items and contains",
      { properties: { l: { prefixItems: [{ type: "string" }], items: { type: "number" }, contains: { const: 3 } } } },
      { l: ["a", "b"] },
      "- at '/l/1': got string, want number\n- at '/l': no items match contains schema\n  - at '/l/0': value must be 3\n  - at '/l/1': value must be 3",
    ],
  ])("%s", (_, schema, values, want) => {
    expect(said(schema, values).split("\n").sort()).toEqual(want.split("\n").sort());
  });

  it.each<[string, Json, string]>([
    ["a type that is none", { properties: { a: { type: "text" } } }, "is not valid against metaschema"],
    ["properties that are a list", { properties: [] }, "is not valid against metaschema"],
    [
      "a reference to an address",
      { properties: { a: { $ref: "https://example.com/a.json" } } },
      'failing loading "https://example.com/a.json"',
    ],
    [
      "a reference to a file",
      { properties: { a: { $ref: "file:///etc/passwd" } } },
      'failing loading "file:///etc/passwd"',
    ],
    ["a reference to nothing", { properties: { a: { $ref: "#/$defs/nope" } } }, "not found"],
    ["a pattern that is none", { properties: { a: { pattern: "(" } } }, "invalid regex"],
    ["an unknown draft", { $schema: "https://example.com/draft" }, "unknown draft"],
    [
      "a circle",
      { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, properties: { a: { $ref: "#/$defs/a" } } },
      "reference cycle",
    ],
  ])("%s is refused", (_, schema, message) => expect(said(schema, { a: "x" })).toContain(message));

  it("takes other schemas from who has them", () => {
    const remote = (url: string): string | undefined =>
      url === "https://example.com/a.json" ? '{"type":"string"}' : undefined;
    expect(said({ properties: { a: { $ref: "https://example.com/a.json" } } }, { a: 1 }, remote)).toBe(
      "- at '/a': got number, want string",
    );
  });

  it("ends with schemas that branch without end", () => {
    const levels = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `l${index}`,
        { anyOf: [{ $ref: `#/$defs/l${index + 1}` }, { $ref: `#/$defs/l${index + 1}` }] },
      ]),
    );
    const schema = { $defs: { ...levels, l40: false }, properties: { a: { $ref: "#/$defs/l0" } } };
    expect(said(schema, { a: 1 })).toContain("the schema takes too many steps");
  });
});
