import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "@eddy/core/json";
import { encodeFieldsV1 } from "../fields/fields-v1.ts";
import { compareValues } from "./compare-values.ts";
import { customResourceType, mergeTypeOf } from "./merge-type-of.ts";
import { deducedType, untypedScalar, type MergeType } from "./merge-type.ts";
import { mergeValues } from "./merge-values.ts";
import { reconcileSchema } from "./reconcile-schema.ts";
import { extractItems, removeItems } from "./remove-items.ts";
import { toFieldSet } from "./to-field-set.ts";
import { validateType } from "./validate.ts";

const none = (): undefined => undefined;

function typeOf(schema: JsonObject): MergeType {
  return mergeTypeOf(schema, none);
}

describe("mergeTypeOf()", () => {
  it.each<[string, JsonObject, Partial<MergeType>]>([
    ["text", { type: "string" }, { scalar: "string" }],
    ["text with a format", { type: "string", format: "date-time" }, { scalar: "untyped" }],
    ["bytes", { type: "string", format: "byte" }, { scalar: "string" }],
    ["a quantity", { $ref: "#/x/io.k8s.apimachinery.pkg.api.resource.Quantity" }, untypedScalar],
    [
      "a set",
      { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
      { list: { atomic: false, keys: [], item: { scalar: "string" } } },
    ],
    [
      "patch strategy in place of a list type",
      {
        type: "array",
        items: { type: "string" },
        "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": "name",
      },
      { list: { atomic: false, keys: ["name"], item: { scalar: "string" } } },
    ],
    [
      "an atomic list",
      { type: "array", items: { type: "string" } },
      { list: { atomic: true, keys: [], item: { scalar: "string" } } },
    ],
  ])("%s", (_what, schema, want) => {
    expect(typeOf(schema)).toEqual(want);
  });

  it("lets unknown fields into objects that preserve them or have none declared", () => {
    expect(typeOf({ type: "object" }).map?.element).toBe(deducedType);
    expect(typeOf({ type: "object", properties: { a: {} } }).map?.element).toBeUndefined();
    const preserving = typeOf({
      type: "object",
      properties: { a: { type: "object", properties: { b: {} } } },
      "x-kubernetes-preserve-unknown-fields": true,
    });
    expect(preserving.map?.fields.get("a")?.type.map?.element).toBe(deducedType);
  });

  it("reads schemas that refer to themselves, and overrides beside a reference", () => {
    const schemas: Record<string, JsonObject> = {
      "#/Tree": {
        type: "object",
        properties: {
          child: { $ref: "#/Tree" },
          leaf: { allOf: [{ $ref: "#/Tree" }], "x-kubernetes-map-type": "atomic" },
        },
      },
    };
    const tree = mergeTypeOf({ $ref: "#/Tree" }, (ref) => schemas[ref]);
    expect(tree.map?.fields.get("child")?.type).toBe(tree);
    expect(tree.map?.atomic).toBe(false);
    expect(tree.map?.fields.get("leaf")?.type.map?.atomic).toBe(true);
  });

  it.each<[JsonObject, string]>([
    [{ $ref: "#/gone" }, 'resolve "#/gone": no such schema'],
    [{ type: "array", items: {}, "x-kubernetes-list-type": "bag" }, 'unknown list type "bag"'],
    [{ type: "object", "x-kubernetes-map-type": "odd" }, 'unknown map type "odd"'],
  ])("refuses %j", (schema, message) => {
    expect(() => typeOf(schema)).toThrow(message);
  });

  it("gives a custom resource typed metadata", () => {
    const metadata: MergeType = { map: { atomic: false, fields: new Map(), element: undefined, deduced: false } };
    expect(customResourceType(undefined, metadata).map?.fields.get("metadata")?.type).toBe(metadata);
    expect(customResourceType(undefined, metadata).map?.element).toBe(deducedType);
  });
});

const items = typeOf({
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["name"],
  items: { type: "object", properties: { name: { type: "string" }, v: { type: "integer" } } },
});
const list = (names: string): Json[] => [...names].map((name) => ({ name }));

describe("mergeValues() of lists", () => {
  // Live, config, wanted: the config's order, live-only items near their neighbours.
  it.each([
    ["abc", "cb", "acb"],
    ["abcd", "xb", "axbcd"],
    ["ab", "ba", "ba"],
    ["abc", "ca", "bca"],
    ["", "ab", "ab"],
    ["ab", "", "ab"],
  ])("%s with %s is %s", (live, config, want) => {
    expect(mergeValues(items, list(live), list(config))).toEqual(list(want));
  });

  it("does not merge what stands twice in live", () => {
    const live = [
      { name: "a", v: 1 },
      { name: "a", v: 2 },
    ];
    expect(mergeValues(items, live, [{ name: "a" }])).toEqual([{ name: "a" }]);
    expect(mergeValues(items, live, list("b"))).toEqual([...live, { name: "b" }]);
  });
});

describe("toFieldSet()", () => {
  it.each<[string, MergeType, Json, JsonObject]>([
    [
      "empty maps and null are owned",
      typeOf({ type: "object", properties: { a: { type: "object" }, b: { type: "string" } } }),
      { a: {}, b: null },
      { "f:a": {}, "f:b": {} },
    ],
    [
      "an empty associative list owns nothing",
      typeOf({ type: "object", properties: { l: { type: "array", items: {}, "x-kubernetes-list-type": "set" } } }),
      { l: [] },
      {},
    ],
    ["undeclared keys are owned themselves", deducedType, { a: { b: 1 } }, { "f:a": { ".": {}, "f:b": {} } }],
    [
      "what stands twice is owned by its key alone",
      items,
      [
        { name: "a", v: 1 },
        { name: "a", v: 2 },
      ],
      { 'k:{"name":"a"}': {} },
    ],
  ])("%s", (_what, type, value, want) => {
    expect(encodeFieldsV1(toFieldSet(type, value))).toEqual(want);
  });
});

it("compareValues() names what is added as a whole and what is below it", () => {
  const type = typeOf({ type: "object", properties: { a: { type: "object", properties: { b: { type: "string" } } } } });
  const { added, modified, removed } = compareValues(type, {}, { a: { b: "x" } });
  expect(encodeFieldsV1(added)).toEqual({ "f:a": { ".": {}, "f:b": {} } });
  expect([modified.size, removed.size]).toEqual([0, 0]);
});

it("removeItems() and extractItems() are each other's rest", () => {
  const value = { a: { b: 1, c: 2 }, constructor: "x" };
  const set = toFieldSet(deducedType, { a: { b: 1 } });
  const only = new Map([
    ["f:a", { member: false, children: new Map([["f:b", { member: true, children: undefined }]]) }],
  ]);
  expect(removeItems(deducedType, value, only)).toEqual({ a: { c: 2 }, constructor: "x" });
  expect(removeItems(deducedType, value, set)).toEqual({ constructor: "x" });
  expect(extractItems(deducedType, value, only)).toEqual({ a: { b: 1 } });
});

it("reconcileSchema() lifts owners of parts to a field that became atomic", () => {
  const granular = typeOf({
    type: "object",
    properties: { m: { type: "object", properties: { a: { type: "string" } } } },
  });
  const atomic = typeOf({
    type: "object",
    properties: { m: { type: "object", properties: { a: { type: "string" } }, "x-kubernetes-map-type": "atomic" } },
  });
  const set = toFieldSet(granular, { m: { a: "x" } });
  expect(encodeFieldsV1(reconcileSchema(set, atomic))).toEqual({ "f:m": {} });
  expect(reconcileSchema(set, granular)).toBe(set);
});

it.each<[MergeType, Json, string]>([
  [
    items,
    [{ v: 1 }],
    'element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)',
  ],
  [items, [null], "element 0: associative list with keys may not have a null element"],
  [{ scalar: "boolean" }, "x", "expected boolean, got &{x}"],
  [
    { scalar: "string" },
    { a: 1 },
    'expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":1}}',
  ],
])("validateType() refuses %#", (type, value, message) => {
  expect(validateType(type, value)).toEqual([{ path: "", message }]);
});
