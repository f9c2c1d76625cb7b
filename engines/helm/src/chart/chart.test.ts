import { gzipSync } from "node:zlib";
import { threadCpuMs } from "@eddy/core/clock";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import { memoryTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { parseHelmIgnore } from "./helm-ignore.ts";
import { loadChart } from "./load-chart.ts";
import { loadChartArchive } from "./load-chart-archive.ts";
import { parsePathPattern } from "./match-path.ts";
import { compileGlob } from "../render/glob.ts";
import { splitManifests } from "../manifest/split-manifests.ts";

const chartYaml = "apiVersion: v2\nname: app\nversion: 1.0.0\n";

function archive(files: Record<string, string | Buffer>): Buffer {
  const parts = Object.entries(files).flatMap(([path, content]) => {
    const body = Buffer.from(content);
    const head = encodeTarHeader({ path, kind: "file", executable: false, size: body.length });
    return [head, body, Buffer.alloc(tarPadding(body.length))];
  });
  return gzipSync(Buffer.concat([...parts, tarEnd]));
}

describe("loadChart", () => {
  const load = (files: Record<string, string>): ReturnType<typeof loadChart> =>
    loadChart(memoryTree({ "Chart.yaml": chartYaml, ...files }), "");

  it("sorts files into what they are", () => {
    const chart = load({
      "values.yaml": "a: 1\n---\nb: 9007199254740993\n",
      "values.schema.json": "{}",
      "templates/a.yaml": "",
      "templates/.hidden": "",
      "crds/c.yaml": "",
      "README.md": "",
      "charts/sub/Chart.yaml": chartYaml.replace("app", "sub"),
      "charts/x.prov": "",
      "Chart.lock": "digest: d\ngenerated: g\ndependencies: [{name: sub}]\n",
    });
    expect(chart.values).toEqual({ a: 1, b: 2 ** 53 });
    expect(chart.templates.map(({ name }) => name)).toEqual(["templates/a.yaml"]);
    expect(chart.files.map(({ name }) => name)).toEqual(["README.md", "charts/x.prov", "crds/c.yaml"]);
    expect(chart.dependencies.map(({ metadata }) => metadata.name)).toEqual(["sub"]);
    expect(chart.lock).toMatchObject({ digest: "d", dependencies: [{ name: "sub" }] });
  });

  it("loads packed dependencies", () => {
    const packed = archive({ "sub/Chart.yaml": chartYaml.replace("app", "sub"), "sub/templates/x.yaml": "x" });
    const tree = memoryTree({ "Chart.yaml": chartYaml, "charts/sub-1.0.0.tgz": packed });
    expect(loadChart(tree, "").dependencies[0]?.templates[0]?.name).toBe("templates/x.yaml");
  });

  it("takes dependencies of a v1 chart from requirements.yaml", () => {
    const chart = loadChart(
      memoryTree({
        "Chart.yaml": "name: app\nversion: 1.0.0\n",
        "requirements.yaml": "dependencies: [{name: x, version: 1}]\n",
      }),
      "",
    );
    expect(chart.metadata).toMatchObject({ apiVersion: "v1", dependencies: [{ name: "x", version: "1" }] });
  });

  it.each([
    ["no Chart.yaml", { "Chart.yaml": undefined }, "Chart.yaml file is missing"],
    ["no name", { "Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n" }, "validation: chart.metadata.name is required"],
    [
      "a version that is none",
      { "Chart.yaml": "apiVersion: v2\nname: a\nversion: devel\n" },
      'validation: chart.metadata.version "devel" is invalid',
    ],
    [
      "a name with a slash",
      { "Chart.yaml": "apiVersion: v2\nname: a/b\nversion: 1.0.0\n" },
      'validation: chart.metadata.name "a/b" is invalid',
    ],
    [
      "an unknown type",
      { "Chart.yaml": `${chartYaml}type: x\n` },
      "validation: chart.metadata.type must be application or library",
    ],
    [
      "a field of another type",
      { "Chart.yaml": `${chartYaml}keywords: text\n` },
      "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field Metadata.keywords of type []string",
    ],
    [
      "no YAML",
      { "Chart.yaml": "a: b: c\n" },
      "cannot load Chart.yaml: error converting YAML to JSON: yaml: mapping values",
    ],
    [
      "values that are a list",
      { "values.yaml": "[]" },
      "cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
    ],
    [
      "values nested 10,000 deep",
      { "values.yaml": `${"[".repeat(10_000)}${"]".repeat(10_000)}` },
      "cannot load values.yaml",
    ],
    [
      "an empty dependency",
      { "Chart.yaml": `${chartYaml}dependencies: [null]\n` },
      "validation: dependencies must not contain empty or null nodes",
    ],
    [
      "a dependency twice",
      { "Chart.yaml": `${chartYaml}dependencies: [{name: a}, {name: a}]\n` },
      'validation: more than one dependency with name or alias "a"',
    ],
    [
      "an alias with a dot",
      { "Chart.yaml": `${chartYaml}dependencies: [{name: a, alias: b.c}]\n` },
      'validation: dependency "a" has disallowed characters in the alias',
    ],
    [
      "a broken sub-chart",
      { "charts/x/values.yaml": "a: 1" },
      "error unpacking subchart x in app: Chart.yaml file is missing",
    ],
    [".helmignore with **", { ".helmignore": "a/**\n" }, "double-star (**) syntax is not supported"],
  ])("%s is refused", (_, files, message) => {
    const all = Object.entries({ "Chart.yaml": chartYaml, ...files }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    expect(() => loadChart(memoryTree({ "x.txt": "", ...Object.fromEntries(all) }), "")).toThrow(message);
  });

  it("numbers become text where text is wanted", () => {
    const chart = load({
      "Chart.yaml": "apiVersion: v2\nname: 1\nversion: 1.2\nappVersion: 1.10\nannotations: {a: 5, b: true}\n",
    });
    expect(chart.metadata).toMatchObject({
      name: "1",
      version: "1.2",
      appVersion: "1.1",
      annotations: { a: "5", b: "true" },
    });
  });

  it("is bounded", () => {
    const tree = memoryTree({ "Chart.yaml": chartYaml, a: "x".repeat(100) });
    expect(() => loadChart(tree, "", { limits: { maxBytes: 120 } })).toThrow(
      "exceeds maximum decompressed size of 120 bytes",
    );
    expect(() => loadChart(tree, "", { limits: { maxFiles: 1 } })).toThrow("more than 1 files");
    const nested = Object.fromEntries(
      Array.from({ length: 40 }, (_, depth) => [
        `${"charts/a/".repeat(depth)}Chart.yaml`,
        chartYaml.replace("app", "a"),
      ]),
    );
    expect(() => loadChart(memoryTree(nested), "")).toThrow("nested more than 30 deep");
  });
});

describe("loadChartArchive", () => {
  it.each<[string, Buffer, string]>([
    ["what is no archive", Buffer.from("a: 1\n"), "gzip: invalid header"],
    ["damage", archive({ "a/Chart.yaml": chartYaml }).subarray(0, 60), "gzip: "],
    ["a tar that is cut off", gzipSync(Buffer.alloc(600, "x")), "archive/tar: "],
    ["an empty archive", archive({}), "no files in chart archive"],
    ["a path that leaves the chart", archive({ "a/../../x": "" }), "chart illegally references parent directory"],
    ["an absolute path", archive({ "a//x": "" }), "chart illegally contains absolute paths"],
    ["a drive", archive({ "a/c:/x": "" }), "chart contains illegally named files"],
    ["a file beside the chart", archive({ x: "" }), "chart illegally contains content outside the base directory"],
    ["Chart.yaml without a folder", archive({ "Chart.yaml/x": "" }), "chart yaml not in base directory"],
    [
      "a bomb",
      archive({ "a/zero": Buffer.alloc(150 * 1024 ** 2) }),
      "decompressed chart is larger than the maximum size",
    ],
  ])("%s is refused", (_, bytes, message) => {
    const startMs = threadCpuMs();
    expect(() => loadChartArchive(bytes)).toThrow(message);
    expect(threadCpuMs() - startMs).toBeLessThan(3_000);
  });
});

describe(".helmignore", () => {
  it.each<[string, string, boolean, boolean]>([
    ["*.txt", "a/b.txt", false, true],
    ["a/*.txt", "b/a/c.txt", false, false],
    ["/a.txt", "a.txt", false, true],
    ["/a.txt", "b/a.txt", false, false],
    ["dir/", "dir", true, true],
    ["dir/", "dir", false, false],
    ["# comment", "# comment", false, false],
    ["!a.txt", "b.txt", false, true],
    ["!a.txt", "a.txt", false, false],
    ["", "templates/.x", false, true],
  ])("%j and %s (directory: %s): %s", (rules, path, isDirectory, want) =>
    expect(parseHelmIgnore(rules).ignores(path, isDirectory)).toBe(want),
  );
});

describe("patterns", () => {
  it.each<[string, string, boolean]>([
    ["*.yaml", "a.yaml", true],
    ["*.yaml", "a/b.yaml", false],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c]x", "bx", true],
    ["[^a-c]x", "bx", false],
    ["a\\*", "a*", true],
    [`${"*a".repeat(30)}b`, "a".repeat(200), false],
  ])("path.Match %s %s: %s", (pattern, name, want) => expect(parsePathPattern(pattern).matches(name)).toBe(want));
  it.each(["[", "[a", "a\\", "[]a]"])("path.Match %s is none", (pattern) =>
    expect(() => parsePathPattern(pattern)).toThrow("syntax error"),
  );

  it.each<[string, string, boolean]>([
    ["*.txt", "a.txt", true],
    ["*.txt", "d/a.txt", false],
    ["**.txt", "d/a.txt", true],
    ["d/**", "d/e/f", true],
    ["{a,b}/*", "b/x", true],
    ["[!a]x", "bx", true],
    ["[a-c]x", "dx", false],
    ["?", "/", false],
    ["a\\*b", "a*b", true],
    ["{a", "anything", true],
    [`${"**a".repeat(40)}b`, "a".repeat(300), false],
  ])("glob %s %s: %s", (pattern, name, want) => expect(compileGlob(pattern)(name)).toBe(want));
});

describe("splitManifests", () => {
  it.each<[string, string[], string[]]>([
    ["a: 1\n---\nb: 2\n", ["a: 1\n", "b: 2\n"], ["a: 1", "b: 2"]],
    ["---\na: 1\n", ["a: 1\n"], ["a: 1"]],
    ["---\n---\na: 1\n", ["a: 1\n"], ["---\na: 1"]],
    ["a: 1\n--- # note\nb: 2", ["a: 1\n", "# note\nb: 2"], ["a: 1", "# note\nb: 2"]],
    ["a: |\n  x\n  ---\n  y\n", ["a: |\n  x\n  ---\n  y\n"], ["a: |\n  x\n  ---\n  y"]],
    ["---apiVersion: v1", ["apiVersion: v1"], ["apiVersion: v1"]],
    ["\n \n", [], []],
  ])("%j", (text, helm4, helm3) => {
    expect(splitManifests(text, "helm4")).toEqual(helm4);
    expect(splitManifests(text, "helm3")).toEqual(helm3);
  });
});
