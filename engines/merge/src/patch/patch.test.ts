import { describe, expect, it } from "vitest";
import type { Json } from "@eddy/core/json";
import { applyJsonPatch } from "./json-patch.ts";
import { applyMergePatch } from "./merge-patch.ts";

describe("applyJsonPatch()", () => {
  it.each<[string, Json, Json[], Json]>([
    ["adds and escapes", { a: {} }, [{ op: "add", path: "/a/b~1c~0d", value: 1 }], { a: { "b/c~d": 1 } }],
    ["appends", { l: [1] }, [{ op: "add", path: "/l/-", value: 2 }], { l: [1, 2] }],
    ["inserts", { l: [1, 3] }, [{ op: "add", path: "/l/1", value: 2 }], { l: [1, 2, 3] }],
    ["counts from the end", { l: [1, 2] }, [{ op: "remove", path: "/l/-1" }], { l: [1] }],
    ["replaces what is missing", {}, [{ op: "replace", path: "/a", value: 1 }], { a: 1 }],
    ["moves", { a: 1 }, [{ op: "move", from: "/a", path: "/b" }], { b: 1 }],
    [
      "copies, not shares",
      { a: [1] },
      [
        { op: "copy", from: "/a", path: "/b" },
        { op: "add", path: "/b/-", value: 2 },
      ],
      { a: [1], b: [1, 2] },
    ],
    ["tests null against missing", {}, [{ op: "test", path: "/a", value: null }], {}],
    ["replaces the root", { a: 1 }, [{ op: "replace", path: "", value: [] }], []],
  ])("%s", (_what, document, patch, want) => {
    expect(applyJsonPatch(document, patch)).toEqual(want);
  });

  it("sets __proto__ as a name like any other", () => {
    const result = applyJsonPatch({}, [{ op: "add", path: "/__proto__", value: { polluted: true } }]);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  const unprocessable = "the server rejected our request due to an error in our request";
  it.each<[string, Json, number, string]>([
    ["a failed test", [{ op: "test", path: "/a", value: 2 }], 422, unprocessable],
    ["a missing parent", [{ op: "add", path: "/x/y", value: 2 }], 422, unprocessable],
    ["removing nothing", [{ op: "remove", path: "/x" }], 422, unprocessable],
    ["an unknown operation", [{ op: "increment", path: "/a" }], 422, unprocessable],
    ["what is no patch", { op: "add" }, 400, "json: cannot unmarshal object into Go value of type jsonpatch.Patch"],
    [
      "too many operations",
      Array.from({ length: 10_001 }, () => ({ op: "test", path: "/a", value: 1 })),
      413,
      "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
    ],
  ])("refuses %s", (_what, patch, status, message) => {
    expect(() => applyJsonPatch({ a: 1 }, patch)).toThrow(expect.objectContaining({ status, message }));
  });

  it("refuses to copy more than 3 MiB", () => {
    const copies = Array.from({ length: 40 }, (_item, index) => ({ op: "copy", from: "/a", path: `/b${index}` }));
    expect(() => applyJsonPatch({ a: "x".repeat(100_000) }, copies)).toThrow(expect.objectContaining({ status: 422 }));
  });
});

describe("applyMergePatch()", () => {
  it.each<[Json, Json, Json]>([
    [{ a: 1, b: { c: 2 } }, { b: { c: null, d: 3 } }, { a: 1, b: { d: 3 } }],
    [{ a: [1] }, { a: [{ b: null, c: 1 }] }, { a: [{ c: 1 }] }],
    [{ a: { b: 1 } }, { a: [{ b: null }] }, { a: [{ b: null }] }],
    [{}, { a: { b: null, c: {} } }, { a: { c: {} } }],
    [{ a: 1 }, { constructor: null }, { a: 1 }],
  ])("%j with %j", (document, patch, want) => {
    expect(applyMergePatch(document, patch)).toEqual(want);
  });

  it.each([null, 1, "x"])("refuses %j", (patch) => {
    expect(() => applyMergePatch({}, patch)).toThrow(
      expect.objectContaining({ status: 400, message: "Invalid JSON Patch" }),
    );
  });
});
