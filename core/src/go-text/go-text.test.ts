import { expect, it } from "vitest";
import { quoteGo } from "./index.ts";

it.each([
  ["plain", '"plain"'],
  ['a "b" \\', '"a \\"b\\" \\\\"'],
  ["\t\n\v\u0000\u007f", '"\\t\\n\\v\\x00\\x7f"'],
  ["é 世界 😀", '"é 世界 😀"'],
  ["\u2028\u00a0\u{e0001}", '"\\u2028\\u00a0\\U000e0001"'],
])("quoteGo(%j)", (text, want) => {
  expect(quoteGo(text)).toBe(want);
});
