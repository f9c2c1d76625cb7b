import { assert, constantFrom, property, string } from "fast-check";
import { threadCpuMs } from "@eddy/core/clock";
import { memoryTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { ignoreTree, matcherOf, parsePatterns, sourceMatcher } from "./index.ts";

describe("patterns", () => {
  it.each([
    ["*.md", "docs/a.md", true],
    ["docs", "docs/a.md", true],
    ["docs/", "docs/a.md", true],
    ["docs/", "docs", false],
    ["/docs", "x/docs", false],
    ["a/b", "a/b/c", true],
    ["a/b", "x/a/b", false],
    ["**/b", "x/a/b", true],
    ["a/**", "a/x/y", true],
    ["a/**/c", "a/b/b/c", true],
    ["a**", "abc", true],
    ["x/a**", "x/abc", false],
    ["[a-c].txt", "b.txt", true],
    ["[^a-c].txt", "b.txt", false],
    ["[a-.txt", "a-.txt", false],
    ["a?c", "abc", true],
    ["\\!a", "!a", true],
    ["a  ", "a", true],
    ["/*\n!/deploy", "deploy/x/app.yaml", false],
    ["/*\n!/deploy", "README.md", true],
    ["/*\n!/deploy/app.yaml", "deploy/app.yaml", false],
    ["/*\n!/deploy\n/deploy/**/*.md", "deploy/x/readme.md", true],
    ["# comment\n\n  \n*.md\r", "a.md", true],
  ])("%j on %s: %s", (text, path, want) => expect(matcherOf(parsePatterns(text)).ignores(path, false)).toBe(want));

  it("never fails and never takes long", () => {
    const characters = constantFrom(...Array.from("ab*?[]^-\\/!# ."));
    assert(
      property(
        string({ unit: characters, maxLength: 60 }),
        string({ unit: constantFrom(...Array.from("ab/-.")), maxLength: 60 }),
        (pattern, path) => {
          const started = threadCpuMs();
          matcherOf(parsePatterns(pattern)).ignores(path, false);
          return threadCpuMs() - started < 500;
        },
      ),
    );
  });
});

const files = {
  ".gitignore": "x",
  ".github/workflow.yaml": "x",
  "logo.png": "x",
  "app.yaml": "x",
  "deploy/.sops.yaml": "x",
  "deploy/app.yaml": "x",
  "deploy/notes.md": "x",
};

function kept(tree: Record<string, string>, ignore?: string): string[] {
  const source = memoryTree(tree);
  const filtered = ignoreTree(source, sourceMatcher(source, ignore));
  return Object.keys(tree).filter((path) => filtered.kindOf(path) === "file" && filtered.read(path) !== undefined);
}

describe("sourceMatcher", () => {
  it.each([
    ["defaults, when nobody says anything", files, undefined, ["app.yaml", "deploy/app.yaml", "deploy/notes.md"]],
    [
      "spec.ignore replaces the defaults but not version control",
      files,
      "*.md",
      [".github/workflow.yaml", "logo.png", "app.yaml", "deploy/.sops.yaml", "deploy/app.yaml"],
    ],
    ["an empty spec.ignore changes nothing", files, "# nothing", ["app.yaml", "deploy/app.yaml", "deploy/notes.md"]],
    [
      "a .sourceignore counts in its folder",
      { ...files, "deploy/.sourceignore": "*.md\n.sourceignore" },
      undefined,
      [".github/workflow.yaml", "logo.png", "app.yaml", "deploy/.sops.yaml", "deploy/app.yaml"],
    ],
    [
      "spec.ignore has the last word",
      { ".sourceignore": "*.md", "a.md": "", "b.md": "" },
      "!b.md",
      [".sourceignore", "b.md"],
    ],
    ["even about version control", { ".gitignore": "", "a.md": "" }, "!.gitignore", [".gitignore", "a.md"]],
    [
      "a file of an ignored folder can come back",
      { "a/keep.yaml": "", "a/drop.yaml": "" },
      "a/\n!a/keep.yaml",
      ["a/keep.yaml"],
    ],
  ])("%s", (_, tree, ignore, want) => expect(kept(tree as unknown as Record<string, string>, ignore)).toEqual(want));

  it("keeps folders that are not ignored themselves", () => {
    const source = memoryTree({ "a/x.md": "", "b/x.md": "" });
    const filtered = ignoreTree(source, sourceMatcher(source, "*.md\nb/"));
    expect(filtered.list("")).toEqual(["a"]);
    expect(filtered.list("a")).toEqual([]);
  });
});
