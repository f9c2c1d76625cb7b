import { describe, expect, it } from "vitest";
import { threadCpuMs } from "@eddy/core/clock";
import type { JsonObject } from "@eddy/core/json";
import { formatInvalid } from "./problem.ts";
import { checkStructural } from "./structural.ts";
import { createValidator } from "./validator.ts";

const root = (spec: JsonObject): JsonObject => ({ type: "object", properties: { spec } });
const thing = (spec: JsonObject[string]): JsonObject => ({
  apiVersion: "x/v1",
  kind: "X",
  metadata: { name: "n" },
  ...(spec === undefined ? {} : { spec }),
});
const notChecked =
  "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";

async function problemsOf(spec: JsonObject, value: JsonObject[string], old?: JsonObject[string]): Promise<string[]> {
  const validator = await createValidator(root(spec));
  const problems = validator.validate(thing(value), old === undefined ? undefined : thing(old));
  return problems.map(({ field, message }) => `${field}: ${message}`);
}

// Wanted words are the API server's: kube-openapi and apiextensions-apiserver; random schemas in `conformance schema`.
describe("validate()", () => {
  it.each<[string, JsonObject, JsonObject[string], string[]]>([
    ["nothing wrong", { type: "string" }, "x", []],
    [
      "a wrong type",
      { type: "integer" },
      "x",
      ['spec: Invalid value: "string": spec in body must be of type integer: "string"'],
    ],
    ["null", { type: "string" }, null, ['spec: Invalid value: "null": spec in body must be of type string: "null"']],
    ["a nullable null", { type: "string", nullable: true }, null, []],
    [
      "int-or-string",
      { "x-kubernetes-int-or-string": true },
      true,
      ['spec: Invalid value: "boolean": spec in body must be of type integer,string: "boolean"'],
    ],
    [
      "a minimum",
      { type: "integer", minimum: 1 },
      0,
      ["spec: Invalid value: 0: spec in body should be greater than or equal to 1"],
    ],
    [
      "an exclusive maximum",
      { type: "number", maximum: 2, exclusiveMaximum: true },
      2,
      ["spec: Invalid value: 2: spec in body should be less than 2"],
    ],
    [
      "a multiple",
      { type: "integer", multipleOf: 3 },
      4,
      ["spec: Invalid value: 4: spec in body should be a multiple of 3"],
    ],
    [
      "int32",
      { type: "integer", format: "int32" },
      3e9,
      ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec'],
    ],
    [
      "an enumeration",
      { type: "string", enum: ["red", "blue"] },
      "green",
      ['spec: Unsupported value: "green": supported values: "red", "blue"'],
    ],
    ["a length", { type: "string", maxLength: 1 }, "é😀", ["spec: Too long: may not be more than 1 byte"]],
    [
      "too short",
      { type: "string", minLength: 2 },
      "😀",
      ['spec: Invalid value: "😀": spec in body should be at least 2 chars long'],
    ],
    [
      "a pattern",
      { type: "string", pattern: "^a" },
      "b",
      ["spec: Invalid value: \"b\": spec in body should match '^a'"],
    ],
    [
      "a format",
      { type: "string", format: "ipv4" },
      "1.2.3",
      ['spec: Invalid value: "1.2.3": spec in body must be of type ipv4: "1.2.3"'],
    ],
    ["an unknown format", { type: "string", format: "odd" }, "x", []],
    [
      "required members",
      { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      {},
      ["spec.a: Required value"],
    ],
    [
      "too many items",
      { type: "array", items: { type: "string" }, maxItems: 1 },
      ["a", "b"],
      ["spec: Too many: 2: must have at most 1 item"],
    ],
    [
      "too few items",
      { type: "array", items: { type: "string" }, minItems: 1 },
      [],
      ["spec: Invalid value: 0: spec in body should have at least 1 items"],
    ],
    [
      "a set",
      { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
      ["a", "b", "a", "a"],
      ['spec[2]: Duplicate value: "a"'],
    ],
    [
      "a map list",
      {
        type: "array",
        items: { type: "object", properties: { k: { type: "string" } } },
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["k"],
      },
      [{ k: "a" }, { k: "a" }],
      ['spec[1]: Duplicate value: {"k":"a"}'],
    ],
    [
      "alternatives",
      { type: "object", properties: { a: {}, b: {} }, oneOf: [{ required: ["a"] }, { required: ["b"] }] },
      { a: 1, b: 1 },
      ['<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      "map members",
      { type: "object", additionalProperties: { type: "integer" } },
      { "a.b": "x" },
      ['spec.a.b: Invalid value: "string": spec.a.b in body must be of type integer: "string"'],
    ],
  ])("%s", async (_what, spec, value, want) => {
    expect(await problemsOf(spec, value)).toEqual(want);
  });

  it("does not blame an update for what it leaves alone", async () => {
    const spec: JsonObject = {
      type: "object",
      properties: { a: { type: "string", maxLength: 1 }, b: { type: "string" } },
    };
    expect(await problemsOf(spec, { a: "long", b: "new" }, { a: "long" })).toEqual([]);
    expect(await problemsOf(spec, { a: "longer" }, { a: "long" })).toEqual([
      "spec.a: Too long: may not be more than 1 byte",
    ]);
  });

  it("survives patterns that would keep a backtracking engine busy", async () => {
    const started = threadCpuMs();
    expect(await problemsOf({ type: "string", pattern: "^(a+)+$" }, `${"a".repeat(5_000)}b`)).toHaveLength(1);
    expect(threadCpuMs() - started).toBeLessThan(5_000);
  });

  it("refuses endless nesting", async () => {
    const validator = await createValidator({ type: "object", "x-kubernetes-preserve-unknown-fields": true });
    const deep: JsonObject = {};
    let current = deep;
    for (let depth = 0; depth < 1_000; depth++) current = current.a = {};
    expect(validator.validate(deep)).toEqual([]);
    const node: JsonObject = { type: "object", properties: {} };
    node.properties = { a: node };
    const cyclic = await createValidator(
      { $ref: "#/n" },
      { dialect: "openapi", resolveRef: () => ({ type: "object", properties: { a: { $ref: "#/n" } } }) },
    );
    expect(() => cyclic.validate(deep)).toThrow("nested deeper than 512 levels");
  });
});

describe("rules", () => {
  const sized = (...rules: JsonObject[]): JsonObject => ({
    type: "object",
    properties: { size: { type: "integer" }, "max-size": { type: "integer" } },
    "x-kubernetes-validations": rules,
  });

  it.each<[string, JsonObject, JsonObject, JsonObject | undefined, string[]]>([
    ["hold", { rule: "self.size < 3" }, { size: 2 }, undefined, []],
    [
      "have a message",
      { rule: "self.size < 3", message: "too big" },
      { size: 3 },
      undefined,
      ["spec: Invalid value: too big"],
    ],
    [
      "say themselves otherwise",
      { rule: "self.size < 3" },
      { size: 3 },
      undefined,
      ["spec: Invalid value: failed rule: self.size < 3"],
    ],
    [
      "make their message",
      { rule: "false", message: "m", messageExpression: "'size ' + string(self.size)" },
      { size: 3 },
      undefined,
      ["spec: Invalid value: size 3"],
    ],
    [
      "fall back to the message",
      { rule: "false", message: "m", messageExpression: "'a\\nb'" },
      { size: 3 },
      undefined,
      ["spec: Invalid value: m"],
    ],
    [
      "name a field and a reason",
      { rule: "false", message: "no", fieldPath: ".size", reason: "FieldValueForbidden" },
      { size: 3 },
      undefined,
      ["spec.size: Forbidden: no"],
    ],
    [
      "escape names",
      { rule: "self.max__dash__size > 1", message: "m" },
      { "max-size": 1 },
      undefined,
      ["spec: Invalid value: m"],
    ],
    [
      "compare with the old value on update only",
      { rule: "self.size == oldSelf.size", message: "immutable" },
      { size: 2 },
      undefined,
      [],
    ],
    [
      "and then do",
      { rule: "self.size == oldSelf.size", message: "immutable" },
      { size: 2 },
      { size: 1 },
      ["spec: Invalid value: immutable"],
    ],
    [
      "may take the old value for optional",
      { rule: "!oldSelf.hasValue() || oldSelf.value().size < self.size", optionalOldSelf: true, message: "grow" },
      { size: 1 },
      { size: 1 },
      ["spec: Invalid value: grow"],
    ],
    [
      "report what cannot be evaluated",
      { rule: "self.nope == 1", message: "m" },
      { size: 1 },
      undefined,
      ['spec: Invalid value: "object": no such key: nope evaluating rule: m'],
    ],
    [
      "report what cannot be compiled",
      { rule: "self.size <" },
      { size: 1 },
      undefined,
      ['spec: Invalid value: "object": rule compile error: Unexpected token: EOF'],
    ],
  ])("%s", async (_what, rule, value, old, want) => {
    expect(await problemsOf(sized(rule), value, old)).toEqual(want);
  });

  it("are not run on objects that are wrong otherwise", async () => {
    expect(await problemsOf(sized({ rule: "false" }), { size: "x" })).toEqual([
      'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      notChecked,
    ]);
  });

  it.each([
    ["has(self.a)", ["spec: Invalid value: failed rule: has(self.a)"]],
    ["!has(self.a)", []],
  ])("take a declared field that is null for absent: %s", async (rule, want) => {
    const a: JsonObject = { type: "object", nullable: true, "x-kubernetes-preserve-unknown-fields": true };
    const spec: JsonObject = { type: "object", properties: { a }, "x-kubernetes-validations": [{ rule }] };
    expect(await problemsOf(spec, { a: null })).toEqual(want);
  });

  it("are stopped when they would cost too much", async () => {
    const spec: JsonObject = {
      type: "array",
      items: { type: "integer" },
      "x-kubernetes-validations": [{ rule: "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))" }],
    };
    const [problem] = await problemsOf(
      spec,
      Array.from({ length: 300 }, () => 1),
    );
    expect(problem).toContain("call cost exceeds limit for rule");
  });

  it("are stopped when together they cost too much", async () => {
    const rule = "!self.contains('b' + self.substring(0, 900))";
    const items: JsonObject = { type: "string", "x-kubernetes-validations": [{ rule }] };
    const problems = await problemsOf({ type: "array", items }, Array(20).fill("a".repeat(90_000)));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("validation failed due to running out of cost budget");
  });
});

describe("prune(), unknownFields(), applyDefaults()", () => {
  const spec: JsonObject = {
    type: "object",
    properties: {
      a: { type: "string", default: "x" },
      b: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      c: { type: "array", items: { type: "object", properties: { d: { type: "integer", default: 1 } } } },
      e: { type: "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
      m: { type: "object", additionalProperties: { type: "object", properties: { n: { type: "string" } } } },
      z: { type: "string", nullable: true },
    },
  };

  it("drop and list what is not declared", async () => {
    const validator = await createValidator(root(spec));
    const value = {
      a: "x",
      b: { any: 1 },
      c: [{ d: 1, q: 1 }],
      e: { kind: "K", q: 1 },
      m: { constructor: { n: "x", o: 1 } },
      y: 1,
    };
    const object = { ...thing(value), extra: 1 };
    expect(validator.unknownFields(object)).toEqual(["extra", "spec.c[0].q", "spec.m.constructor.o", "spec.y"]);
    expect(validator.prune(object)).toEqual(
      thing({ a: "x", b: { any: 1 }, c: [{ d: 1 }], e: { kind: "K", q: 1 }, m: { constructor: { n: "x" } } }),
    );
    expect(validator.prune(thing({ a: "x" })).spec).toEqual({ a: "x" });
  });

  it("fill in defaults, also for nulls, and drop nulls that may not be", async () => {
    const validator = await createValidator(root(spec));
    const object = thing({ a: null, b: null, c: [{}], z: null });
    expect(validator.applyDefaults(object).spec).toEqual({ a: "x", c: [{ d: 1 }], z: null });
    expect(object.spec).toEqual({ a: null, b: null, c: [{}], z: null });
    const done = validator.applyDefaults(object);
    expect(validator.applyDefaults(done)).toBe(done);
  });

  it("keep what an OpenAPI schema leaves open", async () => {
    const schema: JsonObject = {
      type: "object",
      properties: { raw: { type: "object" }, any: {}, known: { type: "object", properties: { a: {} } } },
    };
    const validator = await createValidator(schema, { dialect: "openapi" });
    expect(validator.unknownFields({ raw: { x: 1 }, any: [{ y: 1 }], known: { a: 1, b: 1 } })).toEqual(["known.b"]);
  });
});

it("formatInvalid() words the server's message", () => {
  const one = { reason: "FieldValueRequired" as const, field: "spec", message: "Required value" };
  expect(formatInvalid("Thing.example.com", "n", [one, one])).toBe(
    'Thing.example.com "n" is invalid: spec: Required value',
  );
  expect(formatInvalid("Pod", "n", [one, { ...one, field: "a" }])).toBe(
    'Pod "n" is invalid: [spec: Required value, a: Required value]',
  );
});

it.each<[JsonObject, string[]]>([
  [{ type: "object" }, []],
  [{}, ["s.type: Required value: must not be empty at the root"]],
  [root({}), ["s.properties[spec].type: Required value: must not be empty for specified object fields"]],
  [
    root({ type: "array", items: {} }),
    ["s.properties[spec].items.type: Required value: must not be empty for specified array items"],
  ],
  [root({ type: "array" }), ["s.properties[spec].items: Required value: must be specified"]],
  [root({ "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] }), []],
  [
    root({ type: "string", anyOf: [{ type: "string" }] }),
    ["s.properties[spec].anyOf[0].type: Forbidden: must be empty to be structural"],
  ],
  [
    root({ type: "object", allOf: [{ properties: { a: { minimum: 1 } } }] }),
    [
      "s.properties[spec].properties[a]: Required value: because it is defined in s.properties[spec].allOf[0].properties[a]",
    ],
  ],
  [{ type: "object", additionalProperties: true }, ["s.additionalProperties: Forbidden: must not be used at the root"]],
  [
    { type: "object", properties: { metadata: { type: "object", properties: { labels: { type: "object" } } } } },
    [
      "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
    ],
  ],
])("checkStructural() %#", (schema, want) => {
  expect(checkStructural(schema, "s").map(({ field, message }) => `${field}: ${message}`)).toEqual(want);
});
