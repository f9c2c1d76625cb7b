import * as fc from "fast-check";
import { expect, test } from "vitest";
import { splitLines } from "./split-lines.ts";

test("lines are the same wherever the stream is cut", () => {
  const line = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("\n"));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(400)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const splitter = splitLines(1_000_000);
      const got = places.slice(1).flatMap((end, index) => splitter.push(bytes.subarray(places[index], end)));
      expect(got).toEqual(lines);
      expect(splitter.pendingBytes).toBe(0);
    }),
  );
});

test("a line without end is bounded", () => {
  const splitter = splitLines(10);
  splitter.push(Buffer.from("123456"));
  expect(splitter.pendingBytes).toBe(6);
  expect(() => splitter.push(Buffer.from("78901"))).toThrow("a line of more than 10 bytes");
});
