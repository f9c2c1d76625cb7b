import fc from "fast-check";
import { expect, test } from "vitest";
import { readElements, readSequence } from "./read-der.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test.each<[string, string, number[] | undefined]>([
  ["nothing", "", []],
  ["two elements", "0201050500", [2, 5]],
  ["a long length", `048180${"00".repeat(128)}`, [4]],
  ["a length that is cut off", "0482", undefined],
  ["a content that is cut off", "020205", undefined],
  ["a length of five bytes", "04850000000001ff", undefined],
  ["a tag alone", "30", undefined],
])("elements: %s", (_, hex, tags) => {
  expect(readElements(bytes(hex))?.map(({ tag }) => tag)).toEqual(tags);
});

test.each<[string, string, number | undefined]>([
  ["of two", "30050201050500", 2],
  ["of none", "3000", 0],
  ["with something behind it", "30000500", undefined],
  ["that is none", "0500", undefined],
])("a sequence %s", (_, hex, count) => {
  expect(readSequence(bytes(hex))?.length).toBe(count);
});

test("whatever is read covers all the bytes, and nothing is read behind them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
      const covered = readElements(input)?.reduce((sum, { whole }) => sum + whole.length, 0);
      expect([undefined, input.length]).toContain(covered);
    }),
  );
});
