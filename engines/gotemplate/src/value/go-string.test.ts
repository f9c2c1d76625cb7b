import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  byteLength,
  compareGoStrings,
  decodeGoString,
  encodeGoString,
  normalizeGoString,
  sliceGoString,
  toValidText,
} from "./go-string.ts";

// Any character; the one of fast-check takes a second to make.
const scalar = fc.integer({ min: 0, max: 0x10_f7_ff }).map((value) => (value < 0xd8_00 ? value : value + 0x8_00));
const character = fc.oneof(fc.integer({ min: 0, max: 0x7f }), scalar).map((value) => String.fromCodePoint(value));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.string({ unit: character, maxLength: 6 }).map((text) => Buffer.from(text.toWellFormed())),
);

test("any bytes survive as a string", () => {
  fc.assert(
    fc.property(bytes, (original) => {
      const text = decodeGoString(original);
      expect(Buffer.from(encodeGoString(text))).toEqual(Buffer.from(original));
      expect(byteLength(text)).toBe(original.length);
      expect(normalizeGoString(text)).toBe(text);
    }),
  );
});

test("strings are ordered as their bytes", () => {
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      const order = Math.sign(compareGoStrings(decodeGoString(left), decodeGoString(right)));
      expect(order).toBe(Math.sign(Buffer.compare(left, right)));
    }),
  );
});

test("a cut character survives, and is whole again when joined", () => {
  const [first, second] = [sliceGoString("éa", 0, 1), sliceGoString("éa", 1)];
  expect([first, second]).toEqual(["\udcc3", "\udca9a"]);
  expect(normalizeGoString(first + second)).toBe("éa");
  expect(Buffer.from(encodeGoString(first + second)).toString()).toBe("éa");
  expect(toValidText(first)).toBe("\ufffd");
});
