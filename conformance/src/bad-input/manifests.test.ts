import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBed, type Bed } from "./bed.ts";
import { manifestCases } from "./manifest-cases.ts";
import { openManifestWorld, type ManifestWorld } from "./manifest-world.ts";

const cases = manifestCases.filter(({ name }) => !name.includes("webhook"));

/** One commit makes every folder of a repository bad, each in its own way. */
describe("bad manifests", () => {
  let plane: ControlPlane;
  let bed: Bed;
  let world: ManifestWorld;

  beforeAll(async () => {
    plane = await startControlPlane();
    bed = await openBed(plane.kubeconfig);
    world = await openManifestWorld(bed, cases);
  });
  afterAll(async () => {
    await world.close();
    await bed.close();
    await plane.stop();
  });

  test.each(cases)("$name", async (one) => {
    await expect(world.check(one)).resolves.toBeUndefined();
  });

  test("everything else goes on", async () => {
    await expect(world.checkOthers()).resolves.toBeUndefined();
  });

  test("one commit mends them all, and nothing was lost", async () => {
    await expect(world.repair()).resolves.toBeUndefined();
  });
});
