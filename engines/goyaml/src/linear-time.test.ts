import { expect, test } from "vitest";
import { loadDocuments } from "./load.ts";

test("a separator with blanks before what must not stand there is refused in linear time", () => {
  expect(() => [...loadDocuments(`a: 1\n--- a${" ".repeat(1_000_000)}b\n`)]).toThrow("separator");
});
