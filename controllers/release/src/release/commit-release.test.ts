import { expect, test } from "vitest";
import { parsePerson } from "./commit-release.ts";

test.each([
  [" A B  <a@b> ", { name: "A B", email: "a@b" }],
  ["<a@b>", { name: "a@b", email: "a@b" }],
  ["A\nB <a@b>", { name: "AB a@b", email: "" }],
  ["A B", { name: "A B", email: "" }],
  ["<>", undefined],
  [undefined, undefined],
])("%j is %j", (text, want) => expect(parsePerson(text)).toEqual(want));

test("a person of many blanks is read in linear time", () => {
  expect(parsePerson(`a${" ".repeat(1_000_000)}b`)?.email).toBe("");
});
