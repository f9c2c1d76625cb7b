import { applyMergePatch, applyStrategicMergePatch } from "@eddy/merge";
import type { JsonObject } from "@eddy/core/json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prune, schemaOf } from "./patch-schema.ts";
import { threeWayPatch, type Versions } from "./three-way-patch.ts";

const schemas: Record<string, JsonObject> = {
  Pod: {
    properties: {
      kind: { type: "string" },
      replicas: { type: "integer" },
      labels: { type: "object", additionalProperties: { type: "string" } },
      args: { type: "array", items: { type: "string" } },
      finalizers: { type: "array", items: { type: "string" }, "x-kubernetes-patch-strategy": "merge" },
      strategy: {
        type: "object",
        "x-kubernetes-patch-strategy": "retainKeys",
        allOf: [{ $ref: "#/components/schemas/Strategy" }],
      },
      containers: {
        type: "array",
        "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": "name",
        items: { allOf: [{ $ref: "#/components/schemas/Container" }] },
      },
    },
  },
  Strategy: { properties: { type: { type: "string" }, rolling: { type: "object" } } },
  Container: {
    properties: {
      name: { type: "string" },
      image: { type: "string" },
      args: { type: "array", items: { type: "string" } },
    },
  },
};
const pod = schemas["Pod"] as JsonObject;
const pruned = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, prune(schema)]));
const schema = schemaOf(pruned["Pod"] as JsonObject, pruned);

/** What is there after the patch, as the API server merges. */
function outcome(versions: Versions): JsonObject {
  const patch = threeWayPatch(versions, schema);
  return applyStrategicMergePatch(versions.current, patch, pod, (ref) => schemas[ref.slice(ref.lastIndexOf("/") + 1)]);
}

interface Case {
  name: string;
  original: JsonObject;
  modified: JsonObject;
  current: JsonObject;
  want: JsonObject;
}

const cases: Case[] = [
  {
    name: "a hand's change is undone",
    original: { replicas: 1 },
    modified: { replicas: 1 },
    current: { replicas: 9 },
    want: { replicas: 1 },
  },
  { name: "what a hand added stays", original: {}, modified: {}, current: { replicas: 9 }, want: { replicas: 9 } },
  {
    name: "what the chart no longer has goes",
    original: { replicas: 1 },
    modified: {},
    current: { replicas: 1 },
    want: {},
  },
  {
    name: "maps merge",
    original: { labels: { a: "1", gone: "1" } },
    modified: { labels: { a: "2" } },
    current: { labels: { a: "1", gone: "1", mine: "1" } },
    want: { labels: { a: "2", mine: "1" } },
  },
  {
    name: "plain lists are replaced",
    original: { args: ["a"] },
    modified: { args: ["b"] },
    current: { args: ["a", "mine"] },
    want: { args: ["b"] },
  },
  {
    name: "merged lists of scalars",
    original: { finalizers: ["a", "b"] },
    modified: { finalizers: ["a", "c"] },
    current: { finalizers: ["a", "b", "mine"] },
    want: { finalizers: ["a", "c", "mine"] },
  },
  {
    name: "items by their key",
    original: {
      containers: [
        { name: "app", image: "1", args: ["x"] },
        { name: "old", image: "1" },
      ],
    },
    modified: {
      containers: [
        { name: "app", image: "2" },
        { name: "new", image: "1" },
      ],
    },
    current: {
      containers: [
        { name: "app", image: "1", args: ["x"] },
        { name: "old", image: "1" },
        { name: "mine", image: "1" },
      ],
    },
    want: {
      containers: [
        { name: "app", image: "2" },
        { name: "mine", image: "1" },
        { name: "new", image: "1" },
      ],
    },
  },
  {
    name: "a map whose keys exclude each other",
    original: { strategy: { type: "Rolling", rolling: {} } },
    modified: { strategy: { type: "Recreate" } },
    current: { strategy: { type: "Rolling", rolling: { defaulted: 1 } } },
    want: { strategy: { type: "Recreate" } },
  },
];

describe("threeWayPatch()", () => {
  test.each(cases)("$name", ({ original, modified, current, want }) => {
    expect(outcome({ original, modified, current })).toEqual(want);
  });

  test("without a schema it is a merge patch, in which lists are replaced", () => {
    const versions = { original: { a: 1, b: 1 }, modified: { a: 2, l: [1] }, current: { a: 1, b: 1, c: 1, l: [1, 2] } };
    const patch = threeWayPatch(versions, undefined);
    expect(patch).toEqual({ a: 2, b: null, l: [1] });
    expect(applyMergePatch(versions.current, patch)).toEqual({ a: 2, c: 1, l: [1] });
  });

  const name = fc.constantFrom("a", "b", "c", "d");
  const object = fc.record(
    {
      replicas: fc.integer({ min: 0, max: 3 }),
      labels: fc.dictionary(name, name),
      args: fc.array(name, { maxLength: 3 }),
      finalizers: fc.uniqueArray(name, { maxLength: 3 }),
      containers: fc.uniqueArray(fc.record({ name, image: name }), { selector: (item) => item.name, maxLength: 4 }),
    },
    { requiredKeys: [] },
  );
  test("nothing wanted is missing afterwards, and a second patch has nothing to do", () => {
    fc.assert(
      fc.property(object, object, object, (original, modified, current) => {
        const after = outcome({ original, modified, current } as unknown as Versions);
        expect(threeWayPatch({ original: modified, modified, current: after } as unknown as Versions, schema)).toEqual(
          {},
        );
        const { replicas, args } = modified;
        expect([after["replicas"], after["args"]]).toEqual([replicas ?? after["replicas"], args ?? after["args"]]);
      }),
    );
  });

  test("from the last revision to the next, where nobody else wrote, it is the next", () => {
    const sorted = (value: JsonObject): unknown => {
      const containers = (value["containers"] as { name: string }[] | undefined)?.toSorted((left, right) =>
        left.name < right.name ? -1 : 1,
      );
      const finalizers = (value["finalizers"] as string[] | undefined)?.toSorted();
      return { ...value, ...(containers ? { containers } : {}), ...(finalizers ? { finalizers } : {}) };
    };
    const whole = fc.record({
      labels: fc.dictionary(name, name),
      replicas: fc.nat(3),
      finalizers: fc.uniqueArray(name),
    });
    fc.assert(
      fc.property(whole, whole, (original, modified) => {
        const after = outcome({ original, modified, current: original } as unknown as Versions);
        expect(sorted(after)).toEqual(sorted(modified as unknown as JsonObject));
      }),
    );
  });
});
