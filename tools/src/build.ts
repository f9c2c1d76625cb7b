/**
 * `npm run build`: the product as JavaScript below `dist/`, one folder a package as in the sources, ready to be run
 * (`dist/apps/cli/bin/eddy.mjs`) and to be packed. Nothing in `dist/` refers to a TypeScript file.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root, workspaces, type Workspace } from "./source-files.ts";

/** Folders of a package that are shipped as they are. */
const assets = ["bin", "data", "sample", "charts"];
const notShipped = ["conformance", "bench", "tools"];

const dist = join(root, "dist");
const startMs = performance.now();
rmSync(dist, { recursive: true, force: true });
const compiler = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (compiler.status !== 0) process.exit(compiler.status ?? 1);
const shipped = workspaces().filter((workspace) => !notShipped.includes(workspace.dir));
shipped.forEach(ship);
console.log(`✔ built ${shipped.length} packages into dist/ (${((performance.now() - startMs) / 1_000).toFixed(1)} s)`);

function ship(workspace: Workspace): void {
  const target = join(dist, workspace.dir);
  mkdirSync(target, { recursive: true });
  for (const asset of assets) {
    const from = join(root, workspace.dir, asset);
    if (existsSync(from)) cpSync(from, join(target, asset), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(root, workspace.dir, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  delete manifest["private"];
  manifest["exports"] = Object.fromEntries(
    Object.entries(workspace.exports).map(([door, file]) => [door, compiled(file)]),
  );
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  linkFolder(join(dist, "node_modules", workspace.name), target);
  // What npm installed beside a package, not at the root.
  const own = join(root, workspace.dir, "node_modules");
  if (existsSync(own)) linkFolder(join(target, "node_modules"), own);
}

function linkFolder(link: string, target: string): void {
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), target), link, "dir");
}

function compiled(file: string): { types: string; default: string } {
  return { types: file.replace(/\.ts$/, ".d.ts"), default: file.replace(/\.ts$/, ".js") };
}
