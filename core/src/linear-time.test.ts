import { expect, it } from "vitest";
import { parseDuration } from "./duration/index.ts";
import { renameRepeatedGroups } from "./go-regexp/repeated-groups.ts";
import { parseSelector } from "./labels/index.ts";
import { trim, trimRight } from "./trim/index.ts";
import { parseXml } from "./xml/index.ts";

const many = 1_000_000;

// Each took minutes, or for ever, where a pattern had more than one way to read the text.
it.each<[name: string, read: () => unknown]>([
  ["a duration without a unit", () => parseDuration("9".repeat(many))],
  ["a duration with a point", () => parseDuration(`${"1".repeat(many)}.`)],
  ["a selector whose sets do not end", () => parseSelector("(".repeat(many))],
  ["an element that does not end", () => parseXml(`<${"a".repeat(many)}`)],
  ["an element of a long name and open quotes", () => parseXml(`<${'a"'.repeat(many)}`)],
  ["an expression whose classes do not end", () => renameRepeatedGroups("[".repeat(many))],
  ["slashes that are not at the end", () => trimRight(`${"/".repeat(many)}a`, "/")],
  ["brackets that are not at the ends", () => trim(`a${"[".repeat(many)}a`, "[]")],
])("%s is read in linear time", (_name, read) => {
  expect(outcomeOf(read)).toBeDefined();
});

/** What it gives, or refuses with. */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}
