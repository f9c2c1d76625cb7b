import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "@eddy/core/errors";
import { apiServerCases } from "./bad-input/api-server-cases.ts";
import { openApiServerWorld } from "./bad-input/api-server-world.ts";
import { openBed, type Bed } from "./bad-input/bed.ts";
import { deliverOnFullDisk, mountSmallDisk } from "./bad-input/full-disk.ts";
import { putBackEditedPort } from "./bad-input/hand-edits.ts";
import { manifestCases } from "./bad-input/manifest-cases.ts";
import { openManifestWorld } from "./bad-input/manifest-world.ts";
import { startRefusingWebhook } from "./bad-input/refusing-webhook.ts";
import { sourceCases } from "./bad-input/source-cases.ts";
import { openSourceWorld } from "./bad-input/source-world.ts";
import { hasSsh } from "./bad-input/ssh-host.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** The tables of `bad-input/` against the real kube-apiserver: its refusals, its watches, its webhooks. */
export const suite: Suite = {
  name: "bad-input",
  summary: "bad repositories, manifests and API servers, and a full disk, against the real kube-apiserver",
  async run(report, options) {
    const plane = await startRealControlPlane();
    if (!plane) {
      report.skip("all cases", "the real control plane is not built: npm run upstream");
      return;
    }
    const bed = await openBed(plane.kubeconfig);
    const step = stepOf(report, options);
    try {
      await runManifests(bed, step);
      await runSources(bed, step, report);
      await runApiServer(bed, step, options.seed);
      await step("a port that a hand edited is put back", () => putBackEditedPort(bed));
      await runFullDisk(bed, step, report);
    } finally {
      await bed.close();
      await plane.stop();
    }
  },
};

type Step = (name: string, action: () => Promise<void>) => Promise<void>;

function stepOf(report: Report, { filter }: SuiteOptions): Step {
  return async (name, action) => {
    if (filter !== undefined && !name.includes(filter)) return;
    try {
      await action();
      report.pass(name);
    } catch (error) {
      report.fail(name, messageOf(error));
    }
  };
}

async function runManifests(bed: Bed, step: Step): Promise<void> {
  const stopWebhook = await startRefusingWebhook(bed);
  const world = await openManifestWorld(bed, manifestCases);
  try {
    for (const one of manifestCases) await step(one.name, () => world.check(one));
    await step("everything else goes on", () => world.checkOthers());
    await step("one commit mends them all", () => world.repair());
  } finally {
    await world.close();
    await stopWebhook();
  }
}

async function runSources(bed: Bed, step: Step, report: Report): Promise<void> {
  const cases = sourceCases.filter(({ needs }) => needs !== "ssh" || hasSsh());
  for (const { name } of sourceCases.filter((one) => !cases.includes(one))) report.skip(name, "there is no ssh here");
  const world = await openSourceWorld(bed, cases);
  try {
    for (const one of cases) await step(one.name, () => world.check(one));
    await step("a moved tag is followed", () => world.moveTag());
  } finally {
    await world.close();
  }
}

async function runApiServer(bed: Bed, step: Step, seed: number): Promise<void> {
  const world = await openApiServerWorld(bed);
  try {
    for (const one of apiServerCases) await step(one.name, () => world.run(one, seed));
  } finally {
    await world.close();
  }
}

async function runFullDisk(bed: Bed, step: Step, report: Report): Promise<void> {
  for (const scarcity of ["size=512k", "nr_inodes=48"] as const) {
    const name = `a full disk (${scarcity}) stops no delivery`;
    const dir = mkdtempSync(join(tmpdir(), "eddy-full-disk-"));
    const disk = mountSmallDisk(dir, scarcity);
    try {
      if (disk) await step(name, () => deliverOnFullDisk(bed, disk));
      else report.skip(name, "a small disk cannot be mounted: that takes root");
    } finally {
      disk?.unmount();
      rmSync(dir, { recursive: true, force: true });
    }
  }
}
