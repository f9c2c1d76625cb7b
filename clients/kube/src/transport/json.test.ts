import { expect, test } from "vitest";
import { decodeJson, encodeJson } from "./json.ts";

const texts = [
  `{"a":1}`,
  `{"a":9007199254740993}`,
  `[-12345678901234567890,1]`,
  `{"text":"id: 12345678901234567890","b":[12345678901234567890]}`,
  `{"a":1.5,"b":10000000000000000}`,
];

test.for(texts)("%s is written back as it was", (text) => {
  expect(encodeJson(decodeJson(text))).toBe(text);
});

test("only what does not fit becomes a bigint", () => {
  expect(decodeJson(`[9007199254740993,9007199254740991,1000000000000000.5]`)).toEqual([
    9007199254740993n,
    9007199254740991,
    1000000000000000.5,
  ]);
});
