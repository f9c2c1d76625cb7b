import { memoryTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { loadChart } from "../chart/load-chart.ts";
import { loadChartArchive } from "../chart/load-chart-archive.ts";
import { missingDependencies } from "./missing-dependencies.ts";
import { readArchiveMetadata, readChartMetadata } from "./read-chart-metadata.ts";
import { saveChart } from "./save-chart.ts";
import { withDependency, withName, withValues, withVersion } from "./change-chart.ts";

const files = {
  "Chart.yaml":
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.x\n  repository: file://../db\n  alias: store\n",
  "Chart.lock":
    'generated: "2024-01-01T00:00:00Z"\ndigest: sha256:00\ndependencies:\n- name: db\n  version: 1.0.0\n  repository: file://../db\n',
  "values.yaml": "a: 1 # kept\n",
  "values.schema.json": "{}",
  "templates/pod.yaml": "kind: Pod\n",
  "README.md": "hello\n",
  "notes.txt": "x",
  ".helmignore": "*.txt\n",
};
const web = loadChart(memoryTree(files), "");
const db = loadChart(memoryTree({ "Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n", "values.yaml": "" }), "");

describe("a saved chart", () => {
  it("is loaded as it was, without what is ignored, and has the same bytes each time", () => {
    const saved = saveChart(withDependency(web, db));
    const again = loadChartArchive(saved);
    expect(again.metadata).toEqual(web.metadata);
    expect(again.lock).toEqual(web.lock);
    expect(again.values).toEqual({ a: 1 });
    expect(again.raw.map(({ name }) => name)).toEqual([
      "Chart.yaml",
      "Chart.lock",
      "values.yaml",
      "values.schema.json",
      "templates/pod.yaml",
      ".helmignore",
      "README.md",
      "charts/db/Chart.yaml",
      "charts/db/values.yaml",
    ]);
    expect(again.dependencies.map(({ metadata }) => metadata.name)).toEqual(["db"]);
    expect(saveChart(withDependency(web, db))).toEqual(saved);
  });

  it("has another version, name or values where it is told to", () => {
    const changed = withValues(withName(withVersion(web, "1.0.0+a.1"), "site"), { b: { c: 5 } });
    const again = loadChartArchive(saveChart(changed ?? web));
    expect([again.metadata.name, again.metadata.version, again.values]).toEqual(["site", "1.0.0+a.1", { b: { c: 5 } }]);
    expect(Buffer.from(again.raw.find(({ name }) => name === "values.yaml")?.data ?? "").toString()).toBe(
      "b:\n  c: 5\n",
    );
  });

  it("keeps its values where they are the same bytes, and has to have some", () => {
    const plain = loadChart(memoryTree({ ...files, "values.yaml": "a: 1\n" }), "");
    expect(withValues(plain, { a: 1 })).toBeUndefined();
    const { "values.yaml": _, ...rest } = files;
    expect(() => withValues(loadChart(memoryTree(rest), ""), {})).toThrow("failed to locate values file: values.yaml");
  });

  it("is refused when nobody could load it", () => {
    expect(() => saveChart(withVersion(web, "one"))).toThrow(
      'chart validation: validation: chart.metadata.version "one" is invalid',
    );
    const broken = loadChart(memoryTree({ ...files, "values.schema.json": "{" }), "");
    expect(() => saveChart(broken)).toThrow("invalid JSON in values.schema.json");
  });
});

describe("metadata", () => {
  it("is read of an archive and of a folder", () => {
    expect(readArchiveMetadata(saveChart(web))).toEqual(web.metadata);
    expect(readChartMetadata(memoryTree({ "charts/web/Chart.yaml": files["Chart.yaml"] }), "charts/web")).toEqual(
      web.metadata,
    );
  });

  it.each([
    ["nothing", {}, "no 'Chart.yaml' found"],
    ["no YAML", { "Chart.yaml": "{" }, "cannot load 'Chart.yaml': "],
    ["no version", { "Chart.yaml": "name: a\n" }, "validation: chart.metadata.version is required"],
  ])("is refused of %s", (_, given, message) => {
    expect(() => readChartMetadata(memoryTree(given), "")).toThrow(message);
  });
});

describe("missing dependencies", () => {
  const names = (chart: typeof web): string[] => [...missingDependencies(chart).keys()];
  it("are those of the lock, before those of Chart.yaml", () => {
    const { lock: _, ...unlocked } = web;
    expect(names(web)).toEqual(["db"]);
    expect(names(unlocked)).toEqual(["store"]);
    expect(names(withDependency(web, db))).toEqual([]);
  });
});
