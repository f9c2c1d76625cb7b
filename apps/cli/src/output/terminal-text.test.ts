import { expect, test } from "vitest";
import { neutralise } from "./terminal-text.ts";

test.each([
  ["plain text, ünïcödé ✔", "plain text, ünïcödé ✔"],
  ["\u001b[2J\u001b]0;title\u0007", "\\x1b[2J\\x1b]0;title\\x07"],
  ["a\tb\r", "a b\\x0d"],
  ["\u009b31m", "\\x9b31m"],
  ["user\u202egnp.exe", "user\\u202egnp.exe"],
  ["one\ntwo", "one\ntwo"],
])("%j", (text, want) => {
  expect(neutralise(text)).toBe(want);
});

test("a line feed becomes a space where there is one line", () => {
  expect(neutralise("one\ntwo", { oneLine: true })).toBe("one two");
});
