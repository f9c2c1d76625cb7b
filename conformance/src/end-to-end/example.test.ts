import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../upstream.ts";
import { run, runEddy } from "./eddy-command.ts";

/** The example's README is followed to the letter by the conformance suite `example`; here it is only applied. */
it("the example's fleet becomes ready on the embedded control plane, under lockdown", async () => {
  const dir = mkdtempSync(join(tmpdir(), "eddy-example-"));
  try {
    const fleet = join(dir, "fleet");
    const commands = `cp -r examples/fleet ${fleet} && cd ${fleet} && git init --quiet --initial-branch main && git add . && git commit --quiet -m x`;
    expect(await run("sh", ["-c", commands], { cwd: repositoryRoot })).toMatchObject({ code: 0 });
    const words = ["up", "--repo", fleet, "--path", "clusters/demo", "--lockdown", "--data-dir", join(dir, "state")];
    const up = await runEddy([...words, "--exit-when-ready", "--timeout", "60s"], 90_000);
    expect(up.stderr).toContain("Kustomization/team-a/apps: Applied revision: main@sha1:");
    expect(up.code).toBe(0);
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}, 90_000);
