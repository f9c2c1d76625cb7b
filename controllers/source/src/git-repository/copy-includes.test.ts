import type { Artifact, GitRepository, GitRepositoryInclude } from "@eddy/api";
import { memoryTree, type FileTree } from "@eddy/core/tree";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyIncludes } from "./copy-includes.ts";
import type { Ports } from "./ports.ts";

type Files = Record<string, string>;

function everything(tree: FileTree, path = ""): Files {
  const found: Files = {};
  for (const name of tree.list(path) ?? []) {
    const child = path === "" ? name : `${path}/${name}`;
    const kind = tree.kindOf(child);
    if (kind === "directory") Object.assign(found, everything(tree, child));
    else found[child] = kind === "file" ? Buffer.from(tree.read(child) ?? []).toString() : `${kind}`;
  }
  return found;
}

async function copied(own: Files, include: GitRepositoryInclude[], contents: Files[]): Promise<Files> {
  const object = { spec: { include } } as unknown as GitRepository;
  const artifacts = contents.map((_, index) => ({ path: String(index) }) as Artifact);
  const store = { tree: async ({ path }: Artifact) => memoryTree(contents[Number(path)] ?? {}) };
  const ports = { artifacts: store } as unknown as Ports;
  return everything(await copyIncludes(memoryTree(own), object, artifacts, ports, new AbortController().signal));
}

const to = (toPath: string, fromPath = ""): GitRepositoryInclude => ({ repository: { name: "inc" }, fromPath, toPath });
const content = { "a/x": "x", "b/y": "y" };

describe("copyIncludes", () => {
  it.each<[string, GitRepositoryInclude[], Files]>([
    ["one within another", [to("1"), to("1/2", "b")], { "1/a/x": "x", "1/b/y": "y", "1/2/y": "y" }],
    ["one deep within another", [to("1"), to("1/2/3", "b")], { "1/a/x": "x", "1/b/y": "y", "1/2/3/y": "y" }],
    ["a file over one that was copied", [to("1"), to("1/a/x", "b/y")], { "1/a/x": "y", "1/b/y": "y" }],
    ["a file over one of its own", [to("own/f", "a/x")], { "own/f": "x" }],
    ["beside its own", [to("own/a", "a")], { "own/a/x": "x" }],
  ])("copies %s", async (_, include, want) => {
    const own = { "own/f": "own" };
    expect(
      await copied(
        own,
        include,
        include.map(() => content),
      ),
    ).toEqual({ ...own, ...want });
  });

  it.each<[string, GitRepositoryInclude[], string]>([
    ["a folder where one is", [to("1"), to("1/a", "b")], "from b to 1/a: rename b 1/a: file exists"],
    ["a folder above another", [to("1/2"), to("1")], "from  to 1: rename  1: file exists"],
    ["a folder where a file is", [to("own/f", "a")], "from a to own/f: rename a own/f: not a directory"],
    ["a file where a folder is", [to("own", "a/x")], "from a/x to own: rename a/x own: file exists"],
    ["below a file", [to("own/f/g/h", "a")], "from a to own/f/g/h: mkdir own/f: not a directory"],
    ["at the root", [to("/")], "from  to /: rename  : file exists"],
    ["what is not there", [to("1", "c")], "from c to 1: stat c: no such file or directory"],
  ])("refuses %s", async (_, include, want) => {
    const copying = copied(
      { "own/f": "own" },
      include,
      include.map(() => content),
    );
    await expect(copying).rejects.toThrow(`failed to copy 'inc' include ${want}`);
  });

  it("does what copying into a folder would do, one after the other", async () => {
    const path = fc
      .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
      .map((steps) => steps.join("/"));
    const files = fc
      .uniqueArray(path, { minLength: 1, maxLength: 5 })
      .map((paths) => paths.filter((one) => isLeaf(one, paths)));
    const include = fc.record({ from: fc.oneof(path, fc.constant("")), at: path, files });
    const scene = fc.record({ own: files, includes: fc.array(include, { maxLength: 4 }) });
    await fc.assert(
      fc.asyncProperty(scene, async ({ own, includes }) => {
        const filled = (paths: string[], by: string): Files =>
          Object.fromEntries(paths.map((one) => [one, `${by}:${one}`]));
        const contents = includes.map((one, index) => filled(one.files, String(index)));
        const specs = includes.map(({ from, at }) => to(at, from));
        const ours = await copied(filled(own, "own"), specs, contents).catch(() => "refused");
        expect(ours).toEqual(naivelyCopied(filled(own, "own"), specs, contents));
      }),
      { numRuns: 2_000 },
    );
  });
});

function isLeaf(path: string, among: readonly string[]): boolean {
  return !among.some((other) => other.startsWith(`${path}/`));
}

/** Into a plain map of files: a folder is what has files below it. */
function naivelyCopied(own: Files, include: GitRepositoryInclude[], contents: Files[]): Files | "refused" {
  const files = new Map(Object.entries(own));
  const isFolder = (path: string): boolean => [...files.keys()].some((one) => one.startsWith(`${path}/`));
  for (const [index, { toPath = "", fromPath = "" }] of include.entries()) {
    const source = Object.entries(contents[index] ?? {});
    const asFile = source.find(([path]) => path === fromPath);
    const within = source.filter(([path]) => fromPath === "" || path.startsWith(`${fromPath}/`));
    const isBelowFile = [...files.keys()].some((path) => toPath.startsWith(`${path}/`));
    if (isBelowFile || isFolder(toPath) || (!asFile && within.length === 0)) return "refused";
    if (!asFile && files.has(toPath)) return "refused";
    if (asFile) files.set(toPath, asFile[1]);
    for (const [path, text] of asFile ? [] : within) {
      files.set(`${toPath}/${fromPath === "" ? path : path.slice(fromPath.length + 1)}`, text);
    }
  }
  return Object.fromEntries(files);
}
