import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "@eddy/conformance/upstream";
import { quantile, type Measurement } from "../measurement.ts";

const command = join(repositoryRoot, "apps/cli/bin/eddy.mjs");
const repeats = 5;

/** What a newcomer waits for: `npm start` with the embedded control plane, and `eddy --help`. */
export async function start(): Promise<Measurement[]> {
  const starts: Record<string, number>[] = [];
  for (let index = 0; index < repeats; index++) starts.push(await oneStart());
  const helps = Array.from({ length: repeats }, () => oneHelp());
  const median = (field: string): number =>
    quantile(
      starts.map((each) => each[field] ?? Number.NaN),
      0.5,
    );
  return [
    { what: "npm start: control plane ready", value: median("controlPlaneReadyMs"), unit: "ms", want: "≤ 300" },
    { what: "npm start: first object applied", value: median("firstAppliedMs"), unit: "ms", want: "≤ 3000" },
    { what: "npm start: everything ready", value: median("readyMs"), unit: "ms" },
    { what: "npm start: resident", value: median("rssMiB"), unit: "MiB" },
    { what: "eddy --help", value: quantile(helps, 0.5), unit: "ms", want: "≤ 150" },
  ];
}

function oneStart(): Promise<Record<string, number>> {
  const dir = mkdtempSync(join(tmpdir(), "eddy-bench-start-"));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, "up", "--exit-when-ready", "--output", "json", "--data-dir", dir], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      rmSync(dir, { recursive: true, force: true });
      if (code === 0) resolve(JSON.parse(output) as Record<string, number>);
      else reject(new Error(`eddy up exited with ${code}: ${output}`));
    });
  });
}

function oneHelp(): number {
  const startMs = performance.now();
  const result = spawnSync(process.execPath, [command, "--help"]);
  if (result.status !== 0) throw new Error(`eddy --help exited with ${result.status}`);
  return performance.now() - startMs;
}
