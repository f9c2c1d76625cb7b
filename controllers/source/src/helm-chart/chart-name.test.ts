import { expect, test } from "vitest";
import { checkName } from "./build-remote.ts";

test.each(["podinfo", "a-b.c", "a/b", "a/.b", "a.", "a/", "-"])("%s is a chart's name", (name) => {
  expect(() => checkName(name)).not.toThrow();
});

// Of the last, 40 characters kept the pattern busy for longer than anybody waits.
test.each(["A", "a//b", "a..b", "a./b", ".a", "/a", "", `${"a".repeat(254)}!`])("%s is none", (name) => {
  expect(() => checkName(name)).toThrow("chart");
});
