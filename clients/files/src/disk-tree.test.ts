import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FileTree } from "@eddy/core/tree";
import { diskTree } from "./disk-tree.ts";

let folder: string;
let tree: FileTree;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eddy-files-"));
  mkdirSync(join(folder, "root/sub/deep"), { recursive: true });
  mkdirSync(join(folder, "root2"));
  writeFileSync(join(folder, "secret"), "out");
  writeFileSync(join(folder, "root2/secret"), "out");
  writeFileSync(join(folder, "root/B"), "b");
  writeFileSync(join(folder, "root/a"), "a");
  writeFileSync(join(folder, "root/sub/run"), "#!");
  chmodSync(join(folder, "root/sub/run"), 0o755);
  const links = {
    "root/inside": "sub/run",
    "root/absolute": join(folder, "root/sub"),
    "root/sub/deep/up": "../../a",
    "root/outside": "../secret",
    "root/beside": "../root2",
    "root/out": folder,
    "root/dangling": "nowhere",
    "root/circle": "circle",
    link: "root",
  };
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path));
  tree = diskTree(join(folder, "link"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

test("lists names by code point, and nothing where no directory is", () => {
  expect(tree.list("sub")).toEqual(["deep", "run"]);
  expect(tree.list("")?.slice(0, 3)).toEqual(["B", "a", "absolute"]);
  expect([tree.list("a"), tree.list("none"), tree.list("beside"), tree.list("out")]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  ["", "directory", undefined],
  ["a", "file", "a"],
  ["sub/run", "file", "#!"],
  ["a/b", undefined, undefined],
  ["none", undefined, undefined],
  ["inside", "symlink", "#!"],
  ["absolute", "symlink", undefined],
  ["absolute/run", "file", "#!"],
  ["sub/deep/up", "symlink", "a"],
  ["outside", "symlink", undefined],
  ["beside/secret", undefined, undefined],
  ["out/secret", undefined, undefined],
  ["out/root/a", "file", "a"],
  ["dangling", "symlink", undefined],
  ["circle", "symlink", undefined],
])("%j is %s", (path, kind, content) => {
  expect(tree.kindOf(path)).toBe(kind);
  expect(text(tree.read(path))).toBe(content);
  expect(tree.sizeOf?.(path)).toBe(content === undefined ? tree.sizeOf?.(path) : content.length);
});

test("tells where links lead, relative to their directory", () => {
  expect(tree.readLink?.("inside")).toBe("sub/run");
  expect(tree.readLink?.("absolute")).toBe("sub");
  expect(tree.readLink?.("outside")).toBe("../secret");
  expect(tree.readLink?.("out")).toBe("..");
  expect(tree.readLink?.("out/link")).toBeUndefined();
  expect(tree.readLink?.("a")).toBeUndefined();
});

test("tells what is executable", () => {
  expect(["a", "sub/run", "inside", "none"].map((path) => tree.isExecutable?.(path))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
