/** `npm run check`: everything about the tree that can be judged without running the product. Prints a line a step. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkImports } from "./check-imports.ts";
import { checkLockFile } from "./check-lock-file.ts";
import { checkSecurityTable } from "./check-security-table.ts";
import { root } from "./source-files.ts";

interface Step {
  name: string;
  /** Problems, one a line; empty when all is well. */
  run: () => string[];
}

function program(name: string, ...args: string[]): () => string[] {
  return () => {
    const result = spawnSync(join(root, "node_modules/.bin", name), args, {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    return result.status === 0 ? [] : [`${result.stdout}${result.stderr}`.trim()];
  };
}

function script(path: string, ...args: string[]): () => string[] {
  return () => {
    const result = spawnSync(process.execPath, [join(root, path), ...args], { cwd: root, encoding: "utf8" });
    return result.status === 0 ? [] : [`${result.stdout}${result.stderr}`.trim()];
  };
}

const steps: readonly Step[] = [
  { name: "types", run: program("tsc", "--noEmit", "-p", ".") },
  { name: "lint", run: program("oxlint", "--type-aware", "--quiet") },
  { name: "imports", run: checkImports },
  { name: "dead code", run: program("knip", "--no-progress") },
  { name: "format", run: program("oxfmt", "--check") },
  { name: "lock file", run: checkLockFile },
  { name: "security table", run: checkSecurityTable },
  { name: "kind pages", run: script("tools/src/generate-kind-pages.ts", "--check") },
];

let failed = 0;
for (const step of steps) {
  const startMs = performance.now();
  const problems = step.run();
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(`${problems.length === 0 ? "✔" : "✗"} ${step.name} (${seconds} s)`);
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) failed++;
}
console.log(`check: ${steps.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
