import { describe, expect, it } from "vitest";
import type { JsonObject } from "@eddy/core/json";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";

const named = (extra: JsonObject = {}): JsonObject => ({
  type: "array",
  "x-kubernetes-patch-strategy": "merge",
  "x-kubernetes-patch-merge-key": "name",
  items: { type: "object", properties: { name: { type: "string" }, value: { type: "string" }, ...extra } },
});
const schema: JsonObject = {
  type: "object",
  properties: {
    spec: { allOf: [{ $ref: "#/components/schemas/io.k8s.api.x.v1.Spec" }] },
  },
};
const spec: JsonObject = {
  type: "object",
  properties: {
    containers: named({ env: named(), args: { type: "array", items: { type: "string" } } }),
    finalizers: { type: "array", items: { type: "string" }, "x-kubernetes-patch-strategy": "merge" },
    strategy: { type: "object", "x-kubernetes-patch-strategy": "retainKeys", properties: { type: {}, rolling: {} } },
    labels: { type: "object", additionalProperties: { type: "string" } },
  },
};

function patched(original: JsonObject, patch: JsonObject): unknown {
  const result = applyStrategicMergePatch({ spec: original }, { spec: patch }, schema, () => spec);
  return result.spec;
}

const list = (...names: string[]): JsonObject[] => names.map((name) => ({ name }));

// Wanted results are what apimachinery's strategicpatch gives; more of them in `conformance merge`.
describe("applyStrategicMergePatch()", () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      "merges lists by key, patch items first",
      { containers: [{ name: "a", value: "1" }, { name: "b" }] },
      { containers: [{ name: "c" }, { name: "a", value: "2" }] },
      { containers: [{ name: "c" }, { name: "a", value: "2" }, { name: "b" }] },
    ],
    [
      "replaces lists without strategy",
      { containers: [{ name: "a", args: ["x"] }] },
      { containers: [{ name: "a", args: ["y"] }] },
      { containers: [{ name: "a", args: ["y"] }] },
    ],
    ["merges primitive lists", { finalizers: ["a", "b"] }, { finalizers: ["c", "a"] }, { finalizers: ["c", "a", "b"] }],
    [
      "deletes items",
      { containers: list("a", "b") },
      { containers: [{ $patch: "delete", name: "a" }] },
      { containers: list("b") },
    ],
    [
      "replaces lists on demand",
      { containers: list("a") },
      { containers: [{ $patch: "replace" }, { name: "b" }] },
      { containers: list("b") },
    ],
    [
      "replaces maps on demand",
      { labels: { a: "1" } },
      { labels: { $patch: "replace", b: "2" } },
      { labels: { b: "2" } },
    ],
    ["deletes maps on demand", { labels: { a: "1" } }, { labels: { $patch: "delete" } }, { labels: {} }],
    ["deletes by null", { labels: { a: "1", b: "2" } }, { labels: { a: null } }, { labels: { b: "2" } }],
    [
      "deletes from primitive lists",
      { finalizers: ["a", "b"] },
      { "$deleteFromPrimitiveList/finalizers": ["a"] },
      { finalizers: ["b"] },
    ],
    [
      "retains keys",
      { strategy: { type: "x", rolling: { a: 1 } } },
      { strategy: { $retainKeys: ["type"], type: "y" } },
      { strategy: { type: "y" } },
    ],
    [
      "sets the order, server-only items between",
      { containers: list("a", "b", "c") },
      { "$setElementOrder/containers": list("c", "a"), containers: [{ name: "c", value: "x" }] },
      { containers: [{ name: "b" }, { name: "c", value: "x" }, { name: "a" }] },
    ],
    [
      "puts an addition where a deletion left room, as the original does",
      { containers: list("a", "b") },
      { "$setElementOrder/containers": list("x"), containers: [{ name: "x" }, { $patch: "delete", name: "b" }] },
      { containers: list("a", "x") },
    ],
    [
      "leaves directives out of what it adds",
      {},
      { containers: [{ $patch: "delete", name: "a" }, { name: "b" }] },
      { containers: list("b") },
    ],
  ])("%s", (_what, original, patch, want) => {
    const before = JSON.stringify([original, patch]);
    expect(patched(original, patch)).toEqual(want);
    expect(JSON.stringify([original, patch])).toBe(before);
  });

  it.each<[string, JsonObject, JsonObject, number, string]>([
    [
      "items without key",
      { containers: list("a") },
      { containers: [{ value: "x" }] },
      500,
      "map: map[value:x] does not contain declared merge key: name",
    ],
    [
      "unknown fields",
      { other: { a: 1 } },
      { other: { a: 2 } },
      500,
      'unable to find api field in struct Spec for the json field "other"',
    ],
    [
      "unknown directives",
      { labels: {} },
      { labels: { $patch: "upsert" } },
      500,
      "unknown patch type: upsert in map: map[$patch:upsert]",
    ],
    [
      "keys that are not retained",
      { strategy: {} },
      { strategy: { $retainKeys: ["type"], rolling: {} } },
      400,
      "invalid patch format of retainKeys",
    ],
    ["lists of lists", { finalizers: ["a"] }, { finalizers: [["b"]] }, 422, "lists of lists are not supported"],
  ])("refuses %s", (_what, original, patch, status, message) => {
    expect(() => patched(original, patch)).toThrow(expect.objectContaining({ status, message }));
  });
});
