import { describe, expect, it } from "vitest";
import { trim, trimRight, trimSpace } from "./index.ts";

describe("trimming", () => {
  it.each([
    ["https://x//", "/", "https://x"],
    ["//", "/", ""],
    ["", "/", ""],
    ["a/b", "/", "a/b"],
    ["a[]]", "[]", "a"],
  ])("of %j at the end, of %j", (text, set, want) => expect(trimRight(text, set)).toBe(want));

  it.each([
    ["//a/b//", "/", "a/b"],
    ["///", "/", ""],
    [`'"it's"'`, `'"`, "it's"],
  ])("of %j at both ends, of %j", (text, set, want) => expect(trim(text, set)).toBe(want));

  it("knows Go's white space", () => expect(trimSpace("\u0085\u3000 a b\t\n")).toBe("a b"));
  it("keeps what is none to Go", () => expect(trimSpace("\ufeffa\u200b")).toBe("\ufeffa\u200b"));
  it("takes linear time", () => expect(trimRight(`a${"/".repeat(200_000)}b`, "/")).toHaveLength(200_002));
});
