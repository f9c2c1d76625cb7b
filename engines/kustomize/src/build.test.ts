import { type FileTree, memoryTree } from "@eddy/core/tree";
import { describe, expect, test } from "vitest";
import { buildKustomization } from "./build.ts";
import { KustomizeError } from "./error.ts";

const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {k: v}\n`;

function refusalOf(
  tree: FileTree,
  path: string = "",
  options: Parameters<typeof buildKustomization>[2] = {},
): KustomizeError {
  try {
    buildKustomization(tree, path, options).text();
  } catch (error) {
    if (error instanceof KustomizeError) return error;
    throw error;
  }
  throw new Error("the build was not refused");
}

describe("what a build gives", () => {
  const tree = memoryTree({
    "top/kustomization.yaml":
      "resources: [../base, widget.yaml]\nconfigMapGenerator: [{name: made, files: [data.txt]}]\n",
    "top/widget.yaml":
      "apiVersion: e/v1\nkind: Widget\nmetadata: {name: w}\nspec: {at: 2001-01-01, big: 12345678901234567890}\n",
    "top/data.txt": "text",
    "base/kustomization.yaml": "resources: [cm.yaml]\n",
    "base/cm.yaml": configMap("a"),
    "other/cm.yaml": configMap("never"),
  });

  test("orders: the command sorts by kind, the library keeps the order of building", () => {
    const kinds = (order: "legacy" | "none"): string[] =>
      buildKustomization(tree, "top", { order }).resources.map((one) => one.object().kind);
    expect(kinds("legacy")).toEqual(["ConfigMap", "ConfigMap", "Widget"]);
    expect(kinds("none")).toEqual(["ConfigMap", "Widget", "ConfigMap"]);
  });

  test("a generated object of which a patch makes another kind has a suffix that does not hang on the layout", () => {
    const nameOf = (patch: string): string | undefined => {
      const made = memoryTree({
        "kustomization.yaml": `configMapGenerator: [{name: made, literals: [k=v]}]
patches: [{path: p.yaml, target: {kind: ConfigMap}, options: {allowKindChange: true}}]
`,
        "p.yaml": patch,
      });
      return buildKustomization(made, "").resources[0]?.object().metadata.name;
    };
    const flow = nameOf("{apiVersion: e/v1, kind: Widget, metadata: {name: x}, spec: {size: 1}}\n");
    expect(flow).toMatch(/^made-[a-z0-9]{10}$/);
    expect(nameOf("# a note\napiVersion: e/v1\nkind: Widget\nmetadata:\n  name: x\nspec:\n  size: 1\n")).toBe(flow);
    expect(nameOf("{apiVersion: e/v1, kind: Widget, metadata: {name: x}, spec: {size: 2}}\n")).not.toBe(flow);
  });

  test("objects are plain JSON, big integers kept", () => {
    const widget = buildKustomization(tree, "top").resources[2];
    expect(widget?.object()).toEqual({
      apiVersion: "e/v1",
      kind: "Widget",
      metadata: { name: "w" },
      spec: { at: "2001-01-01T00:00:00Z", big: 12345678901234567890n },
    });
    expect(widget?.origin).toBe("top/widget.yaml");
  });

  test("every file that was read or looked for is told, no other", () => {
    const { files } = buildKustomization(tree, "top");
    for (const path of [
      "top/kustomization.yaml",
      "top/kustomization.yml",
      "top/widget.yaml",
      "top/data.txt",
      "base/cm.yaml",
    ]) {
      expect(files).toContain(path);
    }
    expect([...files].filter((path) => path.startsWith("other"))).toEqual([]);
  });

  test("the same tree gives the same text twice", () => {
    expect(buildKustomization(tree, "top").text()).toBe(buildKustomization(tree, "top").text());
  });

  test("deprecated fields are told", () => {
    const old = memoryTree({
      "kustomization.yaml": "resources: [a.yaml]\ncommonLabels: {a: b}\n",
      "a.yaml": configMap("a"),
    });
    expect(buildKustomization(old, "").warnings).toEqual([
      "# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. Run 'kustomize edit fix' to update your Kustomization automatically.",
    ]);
  });
});

describe("errors say where", () => {
  test("malformed YAML: file and line of the stream", () => {
    const error = refusalOf(
      memoryTree({ "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": `${configMap("a")}---\na: b\n c: d\n` }),
    );
    expect(error.position).toMatchObject({ file: "a.yaml", line: 7 });
    expect(error.code).toBe("BUILD_FAILED");
    expect(error.class).toBe("retry");
  });

  test("unknown field: file and field", () => {
    expect(refusalOf(memoryTree({ "kustomization.yaml": "images: [{nam: x}]\n" })).position).toEqual({
      file: "kustomization.yaml",
      field: "images[0].nam",
    });
  });

  test("patch without match: the objects that were meant", () => {
    const patch = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
    const tree = memoryTree({
      "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
      "a.yaml": configMap("a"),
      "p.yaml": patch,
    });
    const error = refusalOf(tree);
    expect(error.message).toContain('no resource matches strategic merge patch "ConfigMap.v1.[noGrp]/b.[noNs]"');
    expect(error.hint).toBe("these objects are close: ConfigMap.v1.[noGrp]/a.[noNs]");
    expect(error.position).toMatchObject({ file: "p.yaml", line: 1 });
  });

  test("charts: the engine that is missing", () => {
    expect(refusalOf(memoryTree({ "kustomization.yaml": "helmCharts: [{name: x}]\n" })).message).toContain(
      "helmCharts need engines/helm",
    );
  });

  test("remote bases are refused unless a loader is given", () => {
    const tree = memoryTree({ "kustomization.yaml": "resources: ['github.com/org/repo//base?ref=v1']\n" });
    expect(refusalOf(tree).message).toContain("remote bases are not allowed here");
    const remote = {
      repository: () => ({
        tree: memoryTree({ "base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": configMap("far") }),
        path: "base",
      }),
      file: () => new Uint8Array(),
    };
    expect(buildKustomization(tree, "", { remote }).resources[0]?.object().metadata.name).toBe("far");
  });
});

describe("bounds", () => {
  const one = (text: string): FileTree => memoryTree({ "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": text });
  const bomb = Array.from({ length: 12 }, (_, level) => {
    const items = Array.from({ length: 9 }, () => (level === 0 ? "x" : `*a${level - 1}`));
    return `a${level}: &a${level} [${items.join(",")}]\n`;
  }).join("");
  const brackets = `${configMap("a")}x: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`;

  const merges = Array.from({ length: 30 }, (_, level) =>
    level === 0 ? "m0: &m0 {a: b}\n" : `m${level}: &m${level} {<<: *m${level - 1}, k${level}: *m${level - 1}}\n`,
  ).join("");

  test.each<[string, FileTree, string, number | undefined]>([
    ["alias bomb in a resource", one(configMap("a") + bomb), "a.yaml", 10],
    ["bomb of merges", one(configMap("a") + merges), "a.yaml", 20],
    ["alias bomb in a kustomization", memoryTree({ "kustomization.yaml": bomb }), "kustomization.yaml", 2],
    ["anchor in itself", one(`${configMap("a")}x: &x {y: *x}\n`), "a.yaml", 5],
    ["10,000 levels", one(brackets), "a.yaml", 5],
    ["10,000 levels in a kustomization", memoryTree({ "kustomization.yaml": brackets }), "kustomization.yaml", 5],
    [
      "cycle",
      memoryTree({
        "kustomization.yaml": "resources: [b]\n",
        "b/kustomization.yaml": "resources: [../c]\n",
        "c/kustomization.yaml": "resources:\n- ../b\n",
      }),
      "c/kustomization.yaml",
      2,
    ],
    ["cycle of one", memoryTree({ "kustomization.yaml": "resources:\n\n- .\n" }), "kustomization.yaml", 3],
    [
      "cycle of components",
      memoryTree({
        "kustomization.yaml": "components: [b]\n",
        "b/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncomponents:\n- ../b\n",
      }),
      "b/kustomization.yaml",
      4,
    ],
    [
      "directory that is not there",
      memoryTree({ "kustomization.yaml": "resources:\n- b\n- gone\n", "b/kustomization.yaml": "namePrefix: x\n" }),
      "kustomization.yaml",
      3,
    ],
    [
      "huge file",
      { ...one(configMap("a")), sizeOf: (path) => (path === "a.yaml" ? 1_000_000_000 : 10) },
      "a.yaml",
      undefined,
    ],
  ])("%s is refused with its file and line", (_name, tree, file, line) => {
    const { position } = refusalOf(tree);
    expect({ file: position?.file, line: position?.line }).toEqual({ file, line });
  });

  test("a catastrophic expression takes no time", () => {
    const tree = memoryTree({
      "kustomization.yaml":
        "resources: [a.yaml]\npatches: [{patch: '- {op: add, path: /x, value: 1}', target: {name: '(a+)+$'}}]\n",
      "a.yaml": configMap("a".repeat(5_000) + "b"),
    });
    expect(buildKustomization(tree, "").resources).toHaveLength(1);
  });

  test("more objects than allowed", () => {
    const tree = one(`${configMap("a")}---\n${configMap("b")}`);
    expect(refusalOf(tree, "", { limits: { maxObjects: 1 } }).message).toContain("which is the limit");
  });
});

describe("symbolic links", () => {
  const links: Record<string, string> = {
    out: "../etc",
    loop: "loop",
    in: "base",
    "f/link.yaml": "../base/a.yaml",
    "f/here.yaml": "own.yaml",
  };
  const files = memoryTree({
    "base/kustomization.yaml": "resources: [a.yaml]\n",
    "base/a.yaml": configMap("a"),
    "o/kustomization.yaml": "resources: [../out]\n",
    "l/kustomization.yaml": "resources: [../loop]\n",
    "i/kustomization.yaml": "resources: [../in]\n",
    "f/kustomization.yaml": "resources: [link.yaml]\n",
    "f/own.yaml": configMap("own"),
  });
  const tree: FileTree = {
    ...files,
    kindOf: (path) => (path in links ? "symlink" : files.kindOf(path)),
    readLink: (path) => links[path],
  };

  test("inside the tree they are followed", () => {
    expect(buildKustomization(tree, "i").resources).toHaveLength(1);
  });

  test("out of the tree and in circles they are refused", () => {
    expect(refusalOf(tree, "o").message).toContain("it leaves the tree");
    expect(refusalOf(tree, "l").message).toContain("too many links");
  });

  test("out of the kustomization's folder only without restriction", () => {
    expect(refusalOf(tree, "f").message).toContain("security; file 'f/link.yaml' is not in or below 'f'");
    expect(buildKustomization(tree, "f", { loadRestrictor: "none" }).resources).toHaveLength(1);
  });
});
