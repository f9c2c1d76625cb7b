/**
 * Refuses an import that goes against `layers.json`, past a package's door, to an undeclared package, or in a circle.
 */
import { readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { isTestFile, root, typescriptFiles, workspaces, type Workspace } from "./source-files.ts";

interface Layers {
  layers: Record<string, { packages: string[]; mayImport: string[] }>;
  extraEdges: { from: string; to: string; why: string }[];
  lazyOnly: { from: string; to: string; why: string }[];
  engineBuiltins: string[];
  testsMayImport: string[];
}

/** One import of one file. */
export interface Import {
  file: string;
  specifier: string;
  /** Erased at run time. */
  typeOnly: boolean;
  dynamic: boolean;
}

const layers = JSON.parse(readFileSync(join(root, "layers.json"), "utf8")) as Layers;
const packages = workspaces();

function layerOf(dir: string): string {
  const found = Object.entries(layers.layers).find(([, layer]) =>
    layer.packages.some((pattern) => matchesGlob(dir, pattern)),
  );
  if (!found) throw new Error(`layers.json names no layer for the package folder "${dir}"`);
  return found[0];
}

function packageOf(file: string): Workspace | undefined {
  return packages.find((candidate) => file.startsWith(`${candidate.dir}/`));
}

// A comment may stand behind it.
const staticImport = /^\s*(?:import|export)\s+(type\s)?[^"';]*?(?:from\s+)?"([^"]+)";?[^\S\n]*(?:\/[/*].*)?$/gm;

/** What a file of this text imports. Pure. */
export function importsOf(file: string, text: string): Import[] {
  const statics = [...text.matchAll(staticImport)].map(([, type, specifier = ""]): Import => ({
    file,
    specifier,
    typeOnly: type !== undefined,
    dynamic: false,
  }));
  const dynamics = [...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, specifier = ""]): Import => ({
    file,
    specifier,
    typeOnly: false,
    dynamic: true,
  }));
  return [...statics, ...dynamics];
}

/** Splits `@eddy/core/object` into the package and its door. */
function resolve(specifier: string): { target: Workspace | undefined; door: string } {
  const [scope, name, ...rest] = specifier.split("/");
  const target = packages.find((candidate) => candidate.name === `${scope}/${name}`);
  return { target, door: rest.length === 0 ? "." : `./${rest.join("/")}` };
}

function allowed(from: Workspace, to: Workspace, test: boolean): boolean {
  const toLayer = layerOf(to.dir);
  if (layers.layers[layerOf(from.dir)]?.mayImport.includes(toLayer)) return true;
  if (layers.extraEdges.some((edge) => matchesGlob(from.dir, edge.from) && matchesGlob(to.dir, edge.to))) return true;
  return test && layers.testsMayImport.includes(toLayer);
}

function problemOf(entry: Import): string | undefined {
  const from = packageOf(entry.file);
  if (!from) return undefined;
  const test = isTestFile(entry.file);
  if (entry.specifier.startsWith("node:")) {
    const pure = ["core", "api", "engines"].includes(layerOf(from.dir)) && !test;
    if (!pure || layers.engineBuiltins.includes(entry.specifier)) return undefined;
    return `"${entry.specifier}" has effects; ${layerOf(from.dir)} may use only ${layers.engineBuiltins.join(", ")}`;
  }
  if (entry.specifier.startsWith(".")) {
    const climbs = join("/", entry.file, "..", entry.specifier).startsWith(`/${from.dir}/`);
    return climbs ? undefined : `"${entry.specifier}" leaves the package; import it by its name`;
  }
  const { target, door } = resolve(entry.specifier);
  if (!target) return undefined;
  if (target === from) return `"${entry.specifier}" is the package itself; use a relative path`;
  if (!opens(target, door))
    return `"${entry.specifier}" goes past the package's door; its exports are ${Object.keys(target.exports).join(", ")}`;
  if (!allowed(from, target, test)) {
    return `${layerOf(from.dir)} may not import ${layerOf(target.dir)} ("${entry.specifier}"); see layers.json`;
  }
  const lazy = layers.lazyOnly.some((rule) => matchesGlob(from.dir, rule.from) && matchesGlob(target.dir, rule.to));
  if (lazy && !test && !entry.dynamic && !entry.typeOnly)
    return `"${entry.specifier}" must be loaded lazily, by import()`;
  if (!test && !from.dependencies.includes(target.name))
    return `"${target.name}" is not a dependency in ${from.dir}/package.json`;
  return undefined;
}

function opens(target: Workspace, door: string): boolean {
  return Object.keys(target.exports).some((pattern) => pattern === door || matchesGlob(door, pattern));
}

/** The shortest circle through each pair of packages that import each other at run time, test files aside. */
function circles(imports: readonly Import[]): string[] {
  const edges = new Map<string, Map<string, Import>>();
  for (const entry of imports) {
    const from = packageOf(entry.file);
    const { target } = resolve(entry.specifier);
    if (!from || !target || target === from || isTestFile(entry.file)) continue;
    const targets = edges.get(from.name) ?? new Map<string, Import>();
    if (!targets.has(target.name)) targets.set(target.name, entry);
    edges.set(from.name, targets);
  }
  const found = new Map<string, string>();
  for (const start of edges.keys()) {
    const path = shortestPath(edges, start);
    if (path)
      found.set(path.toSorted().join(), `packages import each other in a circle: ${path.join(" → ")} → ${start}`);
  }
  return [...found.values()];
}

function shortestPath(edges: Map<string, Map<string, Import>>, start: string): string[] | undefined {
  const queue: string[][] = [[start]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path; path = queue.shift()) {
    for (const next of edges.get(path.at(-1) ?? "")?.keys() ?? []) {
      if (next === start) return path;
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return undefined;
}

/** Every import against the rules, one line each; empty when all is well. */
export function checkImports(): string[] {
  const imports = typescriptFiles().flatMap((file) => importsOf(file, readFileSync(join(root, file), "utf8")));
  const problems = imports.flatMap((entry) => {
    const problem = problemOf(entry);
    return problem === undefined ? [] : [`${entry.file}: ${problem}`];
  });
  return [...problems, ...circles(imports)];
}
