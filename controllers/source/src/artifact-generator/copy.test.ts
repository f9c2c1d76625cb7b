import { gzipSync } from "node:zlib";
import type { CopyOperation } from "@eddy/api";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { applyCopy } from "./apply-copy.ts";
import { adler32, contentHash } from "./content-hash.ts";
import { globPaths, parsePathPattern, pathsOf, walkMatches } from "./glob.ts";
import { createStaging } from "./staging.ts";

const tree = memoryTree({
  "deploy/app.yaml": "a: 1\n",
  "deploy/db/db.yaml": "b: 1\n",
  "deploy/db/README.md": "x",
  "deploy/notes.md": "x",
  "values.yaml": "a: 1\nlist: [1, 2]\nmap: {x: 1}\n",
  "values-prod.yaml": "list: [3]\nmap: {z: 2}\n---\nextra: true\n",
  "charts/testdata/t.yaml": "t\n",
  "charts/web.tgz": tarball({ "web/Chart.yaml": "name: web\n", "web/templates/a.yaml": "a\n" }),
  "charts/evil.tgz": tarball({ "../evil": "x" }),
});

function tarball(files: Record<string, string>): Uint8Array {
  const parts = Object.entries(files).flatMap(([path, text]) => [
    encodeTarHeader({ path, kind: "file", executable: false, size: text.length }),
    Buffer.from(text),
    Buffer.alloc(tarPadding(text.length)),
  ]);
  return gzipSync(Buffer.concat([...parts, tarEnd]));
}

async function copied(...operations: CopyOperation[]): Promise<FileTree> {
  const staging = createStaging();
  for (const operation of operations) await applyCopy(operation, new Map([["src", tree]]), staging);
  return staging.tree();
}

const filesOf = (made: FileTree): string[] => [...pathsOf(made, "")].filter((path) => made.kindOf(path) === "file");
const textOf = (made: FileTree, path: string): string => Buffer.from(made.read(path) ?? "").toString();

describe("a copy operation", () => {
  const cases: [name: string, operation: CopyOperation, want: string[]][] = [
    ["a file, by name", { from: "@src/deploy/app.yaml", to: "@artifact/x/env.yaml" }, ["x/env.yaml"]],
    ["a file, into a folder", { from: "@src/deploy/app.yaml", to: "@artifact/x/" }, ["x/app.yaml"]],
    [
      "a folder, as one",
      { from: "@src/deploy/", to: "@artifact/x/" },
      ["x/deploy/app.yaml", "x/deploy/db/README.md", "x/deploy/db/db.yaml", "x/deploy/notes.md"],
    ],
    [
      "what is in a folder",
      { from: "@src/deploy/**", to: "@artifact/" },
      ["app.yaml", "db/README.md", "db/db.yaml", "notes.md"],
    ],
    ["what a glob matches, by its path", { from: "@src/deploy/*.yaml", to: "@artifact/x/" }, ["x/deploy/app.yaml"]],
    [
      "a glob one folder deep",
      { from: "@src/**/*.yaml", to: "@artifact/" },
      ["charts/testdata/t.yaml", "deploy/app.yaml"].slice(1),
    ],
    [
      "without what is excluded, anywhere",
      { from: "@src/deploy/**", to: "@artifact/", exclude: ["*.md"] },
      ["app.yaml", "db/db.yaml"],
    ],
    [
      "without folders",
      { from: "@src/deploy/", to: "@artifact/", exclude: ["db"] },
      ["deploy/app.yaml", "deploy/notes.md"],
    ],
    [
      "without alternatives",
      { from: "@src/deploy/**", to: "@artifact/", exclude: ["**/{notes,README}.md"] },
      ["app.yaml", "db/db.yaml"],
    ],
    [
      "everything",
      { from: "@src/", to: "@artifact/all", exclude: ["charts", "values*"] },
      ["all/deploy/app.yaml", "all/deploy/db/README.md", "all/deploy/db/db.yaml", "all/deploy/notes.md"],
    ],
    [
      "an archive, unpacked",
      { from: "@src/charts/web.tgz", to: "@artifact/x/", strategy: "Extract" },
      ["x/web/Chart.yaml", "x/web/templates/a.yaml"],
    ],
    [
      "the archives that a glob finds",
      { from: "@src/**/w*", to: "@artifact/", strategy: "Extract" },
      ["web/Chart.yaml", "web/templates/a.yaml"],
    ],
    ["an excluded file, which is nothing", { from: "@src/values.yaml", to: "@artifact/", exclude: ["*.yaml"] }, []],
  ];
  it.each(cases)("copies %s", async (_, operation, want) => {
    expect(filesOf(await copied(operation))).toEqual(want);
  });

  it("copies a file into a folder that is there, over a file that is there", async () => {
    const made = await copied(
      { from: "@src/deploy/db/", to: "@artifact/" },
      { from: "@src/deploy/app.yaml", to: "@artifact/db" },
      { from: "@src/values.yaml", to: "@artifact/db/db.yaml" },
    );
    expect(filesOf(made)).toEqual(["db/README.md", "db/app.yaml", "db/db.yaml"]);
    expect(textOf(made, "db/db.yaml")).toContain("list");
  });

  it("merges values over those that are there, and copies where none are", async () => {
    const made = await copied(
      { from: "@src/values.yaml", to: "@artifact/values.yaml", strategy: "Merge" },
      { from: "@src/values-prod.yaml", to: "@artifact/values.yaml", strategy: "Merge" },
    );
    expect(textOf(made, "values.yaml")).toBe("a: 1\nextra: true\nlist:\n- 3\nmap:\n  x: 1\n  z: 2\n");
  });

  const refused: [name: string, operation: CopyOperation, message: string][] = [
    ["an unknown source", { from: "@other/x", to: "@artifact/" }, "source alias 'other' not found"],
    ["a file that is not there", { from: "@src/none", to: "@artifact/" }, "source 'none' does not exist"],
    [
      "a glob that finds nothing",
      { from: "@src/*.json", to: "@artifact/" },
      "no files match pattern '*.json' in source 'src'",
    ],
    [
      "a glob that is excluded",
      { from: "@src/*.yaml", to: "@artifact/", exclude: ["*"] },
      "all files matching pattern '*.yaml' in source 'src' were excluded",
    ],
    ["a broken glob", { from: "@src/[a", to: "@artifact/" }, "invalid glob pattern '[a': syntax error in pattern"],
    ["a broken exclusion", { from: "@src/*", to: "@artifact/", exclude: ["{a"] }, "invalid exclude pattern '{a'"],
    [
      "too many alternatives",
      { from: "@src/*", to: "@artifact/", exclude: ["{a,b}".repeat(12)] },
      "invalid exclude pattern",
    ],
    [
      "a path out of the source",
      { from: "@src/../x", to: "@artifact/" },
      "failed to stat source '../x': path escapes from parent",
    ],
    ["a path out of the artifact", { from: "@src/values.yaml", to: "@artifact/../x" }, "path escapes from parent"],
    [
      "an archive that is a folder",
      { from: "@src/deploy", to: "@artifact/", strategy: "Extract" },
      "extract strategy is not supported for directories, got 'deploy'",
    ],
    [
      "an archive that is none",
      { from: "@src/values.yaml", to: "@artifact/", strategy: "Extract" },
      "extract strategy requires tarball file (.tar.gz or .tgz), got 'values.yaml'",
    ],
    [
      "an archive that climbs",
      { from: "@src/charts/evil.tgz", to: "@artifact/", strategy: "Extract" },
      "failed to extract tarball 'charts/evil.tgz' to '.': ",
    ],
    [
      "values that are no map",
      { from: "@src/charts/testdata/t.yaml", to: "@artifact/values.yaml", strategy: "Merge" },
      "cannot unmarshal",
    ],
  ];
  it.each(refused)("refuses %s", async (_, operation, message) => {
    await expect(copied({ from: "@src/values.yaml", to: "@artifact/values.yaml" }, operation)).rejects.toThrow(
      `failed to apply copy operation from '${operation.from}' to '${operation.to}': `,
    );
    await expect(copied({ from: "@src/values.yaml", to: "@artifact/values.yaml" }, operation)).rejects.toThrow(message);
  });

  it("does not put a file where a folder is, nor the other way round", async () => {
    await expect(
      copied({ from: "@src/values.yaml", to: "@artifact/x" }, { from: "@src/values.yaml", to: "@artifact/x/y" }),
    ).rejects.toThrow("mkdir x: not a directory");
    await expect(
      copied(
        { from: "@src/deploy/", to: "@artifact/" },
        { from: "@src/**", to: "@artifact/", exclude: ["d*", "c*", "v*"] },
      ),
    ).rejects.toThrow("were excluded");
  });
});

describe("a pattern", () => {
  it.each<[string, string, boolean]>([
    ["*.md", "a.md", true],
    ["*.md", "x/a.md", false],
    ["**/*.md", "x/y/a.md", true],
    ["**/*.md", "a.md", true],
    ["**/testdata/**", "x/testdata/y/z", true],
    ["**/testdata/**", "testdata", true],
    ["a/**", "a", true],
    ["a/**", "ab", false],
    ["a?c", "abc", true],
    ["[a-c]x", "bx", true],
    ["[^a-c]x", "bx", false],
    ["[!a]", "b", true],
    ["[-a]", "-", true],
    ["[a-]", "-", true],
    ["a\\/b", "a/b", true],
    ["\\*", "*", true],
    ["{a,b{c,d}}.yaml", "bd.yaml", true],
    ["{a,b{c,d}}.yaml", "b.yaml", false],
    ["a*a*a*a*a*a*a*a*a*b", "a".repeat(500), false],
    ["**/**/**/**/x", `${"a/".repeat(200)}y`, false],
  ])("%s and %s", (pattern, path, want) => {
    expect(parsePathPattern(pattern).matches(path)).toBe(want);
  });

  it("finds paths step by step", () => {
    expect(globPaths(tree, "deploy/*")).toEqual(["deploy/app.yaml", "deploy/db", "deploy/notes.md"]);
    expect(globPaths(tree, "*/*.yaml")).toEqual(["deploy/app.yaml"]);
    expect(globPaths(tree, "none/*")).toEqual([]);
    expect(globPaths(tree, "./values*.yaml")).toEqual(globPaths(tree, "values*.yaml"));
    expect(globPaths(tree, "deploy/./*")).toEqual([]);
    expect(globPaths(tree, "[!d]*")).toEqual(["deploy"]);
  });

  it.each(["deploy/[-a]*", "deploy/[]a]*", "deploy/[a-]*"])("%s is none where files are copied", (pattern) => {
    expect(() => globPaths(tree, pattern)).toThrow("syntax error in pattern");
  });

  it.each(["a}", "{a}}", "[]a]"])("%s is none where files are excluded", (pattern) => {
    expect(() => parsePathPattern(pattern)).toThrow("syntax error in pattern");
  });

  it("finds archives below folders, and none below a file", () => {
    expect(walkMatches(tree, "charts/**")).toContain("charts/web.tgz");
    expect(walkMatches(tree, "charts/web.tgz/**")).toEqual([]);
    expect(walkMatches(tree, "./**/web.tgz")).toEqual(["charts/web.tgz"]);
  });
});

describe("a checksum", () => {
  it("is Adler-32", () => {
    expect(adler32(Buffer.from("Wikipedia"))).toBe(0x11e60398);
    expect(adler32(Buffer.alloc(100_000, 255))).toBe(0x149a302c);
  });

  it("names a file after paths and contents", () => {
    const hash = contentHash(memoryTree({ a: "1", "b/c": "2" }), "app");
    expect(hash).toMatch(/^\d+$/);
    expect(contentHash(memoryTree({ a: "1", "b/c": "3" }), "app")).not.toBe(hash);
    expect(contentHash(memoryTree({ a: "1", "b/d": "2" }), "app")).not.toBe(hash);
  });
});
