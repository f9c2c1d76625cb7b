import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBed, type Bed } from "./bed.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";
import { manifestCases } from "./manifest-cases.ts";
import { openManifestWorld, type ManifestWorld } from "./manifest-world.ts";
import { refuseAsWebhook } from "./refusing-webhook.ts";

/** One commit makes every folder of a repository bad, each in its own way. */
describe("bad manifests", () => {
  let plane: ControlPlane;
  let bed: Bed;
  let proxy: FaultProxy;
  let world: ManifestWorld;

  beforeAll(async () => {
    plane = await startControlPlane();
    bed = await openBed(plane.kubeconfig);
    proxy = await startFaultProxy(bed.kubeConfig);
    // The embedded control plane calls no webhooks.
    refuseAsWebhook(proxy);
    world = await openManifestWorld(bed, manifestCases, { kubeConfig: proxy.kubeConfig });
  }, 40_000);
  afterAll(async () => {
    await world.close();
    await proxy.stop();
    await bed.close();
    await plane.stop();
  });

  test.each(manifestCases)("$name", async (one) => {
    await expect(world.check(one)).resolves.toBeUndefined();
  });

  test("everything else goes on", async () => {
    await expect(world.checkOthers()).resolves.toBeUndefined();
  });

  test("one commit mends them all, and nothing was lost", async () => {
    await expect(world.repair()).resolves.toBeUndefined();
  });
});
