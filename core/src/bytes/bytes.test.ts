import { deflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { ownBytes } from "./index.ts";

it.each([
  ["a piece of the pool", Buffer.from("a few bytes")],
  ["an answer of zlib", deflateRawSync("a few bytes, or some more")],
  ["nothing", Buffer.from("some").subarray(1, 1)],
])("%s gets memory of its own", (_, data) => {
  expect(data.buffer.byteLength).toBeGreaterThan(data.length);
  const own = ownBytes(data);
  expect(own).toEqual(data);
  expect(own.buffer.byteLength).toBe(data.length);
});

it("what has memory of its own is not copied", () => {
  const own = Buffer.allocUnsafeSlow(10);
  expect(ownBytes(own)).toBe(own);
});
