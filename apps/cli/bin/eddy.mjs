#!/usr/bin/env node
// Runs the command under the Node that the sources need. Plain JavaScript for old Nodes: nothing newer than Node 18 here.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const wantedMajor = 24;
const here = dirname(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= wantedMajor) await runHere();
else runPinned(pinnedNode());

async function runHere() {
  // Without this, type stripping and compiling cost more than most commands do.
  module.enableCompileCache?.();
  // In the built product the same folder has JavaScript, and nothing to strip types from.
  const built = join(here, "../src/main.js");
  const { main } = await import(pathToFileURL(existsSync(built) ? built : join(here, "../src/main.ts")).href);
  await main();
}

/** The Node that npm installed beside us as an optional dependency, or undefined. */
function pinnedNode() {
  const require = createRequire(import.meta.url);
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  if (process.platform === "win32") names.unshift(`node-win-${process.arch}`);
  for (const name of names) {
    try {
      const path = join(
        dirname(require.resolve(`${name}/package.json`)),
        "bin",
        process.platform === "win32" ? "node.exe" : "node",
      );
      if (existsSync(path)) return path;
    } catch {
      // Not installed for this platform: try the next name.
    }
  }
  return undefined;
}

function runPinned(node) {
  if (node === undefined) {
    console.error(
      `✗ eddy needs Node ${wantedMajor} or newer, this is ${process.version}, and none is installed beside it`,
    );
    console.error("  run `npm ci` with optional dependencies, or install Node 24 from nodejs.org");
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // The child ends by itself, and we end with it. From a terminal it hears of Ctrl-C twice; main.ts takes that for once.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`✗ start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : signal === "SIGINT" ? 130 : 143);
  });
}
