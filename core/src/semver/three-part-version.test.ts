import { expect, test } from "vitest";
import { formatVersion, parseThreePartVersion } from "./index.ts";

test.each<[string, string | undefined]>([
  ["1.2.3", "1.2.3"],
  ["v1.2.3", "1.2.3"],
  ["v2025.02.03-rc.1", "2025.2.3-rc.1"],
  ["01.02.03+build", "1.2.3+build"],
  // Two dots are three parts, wherever they are.
  ["1.2-a.b", "1.2.0-a.b"],
  ["1.2", undefined],
  ["1", undefined],
  ["1.2.3.4", undefined],
  ["V1.2.3", undefined],
  ["1.2.3-01", undefined],
  ["1.2.x", undefined],
  ["", undefined],
])("%s is %s", (text, want) => {
  const version = parseThreePartVersion(text);
  expect(version && formatVersion(version)).toBe(want);
});
