import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { watchUntil } from "@eddy/runtime/testing";
import { runEddy, startEddy, type RunningEddy } from "./eddy-command.ts";
import { syncScenario, type SyncWorld } from "./sync-scenario.ts";

interface ReadyLine {
  kubeconfig: string;
  repositoryUrl: string;
  controlPlaneReadyMs: number;
  firstAppliedMs: number | null;
  readyMs: number;
}

const dir = mkdtempSync(join(tmpdir(), "eddy-up-"));
const words = ["up", "--output", "json", "--data-dir", join(dir, "state")];
let eddy: RunningEddy;
let world: SyncWorld;

function clientOf({ kubeconfig }: ReadyLine): KubeClient {
  return connect(resolveContext(parseKubeconfig(readFileSync(kubeconfig, "utf8"))));
}

function readyLine(line: string): ReadyLine | undefined {
  const value = JSON.parse(line) as Partial<ReadyLine>;
  return value.readyMs === undefined ? undefined : (value as ReadyLine);
}

beforeAll(async () => {
  eddy = startEddy(words);
  const report = await eddy.line("the ready report", readyLine, 60_000);
  const client = clientOf(report);
  world = { client, kubeconfig: report.kubeconfig, repositoryUrl: report.repositoryUrl, dir, asks: false };
}, 90_000);

afterAll(() => {
  world.client.close();
  eddy.kill();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

describe("eddy up, the real command against its embedded control plane", () => {
  it.each(syncScenario)("$name", (step) => step.run(world), 90_000);

  it("a pushed image is committed and applied, and another one waits for a vote", async () => {
    const access = ["--kubeconfig", world.kubeconfig];
    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runEddy([...args, ...access]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      return stdout + stderr;
    };
    const untilTag = (name: string, tag: string): Promise<unknown> =>
      watchUntil(
        world.client,
        systemClock,
        { group: "apps", kind: "Deployment", namespace: "staging", name },
        (object) => JSON.stringify(object?.["spec"] ?? {}).includes(`/apps/${name}:${tag}"`),
      );
    expect(await run("demo", "push-image", "tug:1.1.0")).toMatch(/pushed 127\.0\.0\.1:\d+\/apps\/tug:1\.1\.0/);
    await untilTag("tug", "1.1.0");
    await run("demo", "push-image", "pilot:1.1.0");
    const isAsked = ({ spec }: KubeObject): boolean => JSON.stringify(spec).includes("pilot:1.1.0");
    await expect
      .poll(
        async () =>
          (await world.client.list({ group: "eddy.sh", kind: "Approval" }, { namespace: "staging" })).items.some(
            isAsked,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    await untilTag("pilot", "1.0.0");
    expect(await run("approve", "deployment/pilot", "-n", "staging")).toContain("approved by admin");
    await untilTag("pilot", "1.1.0");
  }, 90_000);

  it("stops cleanly on Ctrl-C, and a second start finds the cluster and the repository again", async () => {
    const before = await world.client.get({ group: "apps", kind: "Deployment", namespace: "production", name: "api" });
    expect(await eddy.interrupt()).toBe(0);
    eddy = startEddy(words);
    const report = await eddy.line("the second ready report", readyLine, 60_000);
    expect(report.firstAppliedMs).toBeNull();
    world.client.close();
    world.client = clientOf(report);
    const after = await world.client.get({ group: "apps", kind: "Deployment", namespace: "production", name: "api" });
    expect(after.metadata.uid).toBe(before.metadata.uid);
  }, 90_000);
});
