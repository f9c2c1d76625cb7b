/**
 * `node conformance/src/kustomize/write-golden.ts`: asks the real kustomize what it makes of every edge case, and writes it to
 * `engines/kustomize/src/testdata/golden.json`, against which the engine's own tests run without the binary.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../upstream.ts";
import { edgeCases } from "./edge-cases.ts";

const program = join(repositoryRoot, ".cache/upstream/bin/kustomize");
const golden = edgeCases.map(({ name, files }) => {
  const folder = mkdtempSync(join(tmpdir(), "eddy-kustomize-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const path = "top/kustomization.yaml" in files ? "top" : "";
  const { status, stdout, stderr } = spawnSync(program, ["build", join(folder, path)], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const refusal =
    stderr
      .replaceAll(folder, "")
      .split("\n")
      .find((line) => line.startsWith("Error: ")) ?? "refused";
  return { name, files, path, ...(status === 0 ? { text: stdout } : { refusal: refusal.slice(0, 200) }) };
});
const target = join(repositoryRoot, "engines/kustomize/src/testdata/golden.json");
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(golden, null, 1)}\n`);
console.log(`${golden.length} cases, ${golden.filter((one) => "refusal" in one).length} refused`);
