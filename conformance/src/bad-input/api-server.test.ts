import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiServerCases } from "./api-server-cases.ts";
import { openApiServerWorld, type ApiServerWorld } from "./api-server-world.ts";
import { openBed, type Bed } from "./bed.ts";

/** Commits arrive while the API server misbehaves; each is delivered, once. */
describe("an API server that answers with", () => {
  let plane: ControlPlane;
  let bed: Bed;
  let world: ApiServerWorld;

  beforeAll(async () => {
    plane = await startControlPlane();
    bed = await openBed(plane.kubeconfig);
    world = await openApiServerWorld(bed);
  }, 40_000);
  afterAll(async () => {
    await world.close();
    await bed.close();
    await plane.stop();
  });

  test.each(apiServerCases)(
    "$name",
    async (one) => {
      await expect(world.run(one, 1)).resolves.toBeUndefined();
    },
    40_000,
  );
});
