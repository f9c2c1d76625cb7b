import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBed, type Bed } from "./bed.ts";
import { sourceCases } from "./source-cases.ts";
import { openSourceWorld, type SourceWorld } from "./source-world.ts";
import { hasSsh } from "./ssh-host.ts";

/** All of them at once, beside one that can be had. */
describe("Git repositories that cannot be had", () => {
  let plane: ControlPlane;
  let bed: Bed;
  let world: SourceWorld;

  beforeAll(async () => {
    plane = await startControlPlane();
    bed = await openBed(plane.kubeconfig);
    world = await openSourceWorld(
      bed,
      sourceCases.filter(({ needs }) => needs !== "ssh" || hasSsh()),
    );
  }, 40_000);
  afterAll(async () => {
    await world.close();
    await bed.close();
    await plane.stop();
  });

  test.each(sourceCases.filter(({ needs }) => needs === undefined))("$name", async (one) => {
    await expect(world.check(one)).resolves.toBeUndefined();
  });

  test.skipIf(!hasSsh()).each(sourceCases.filter(({ needs }) => needs === "ssh"))("$name", async (one) => {
    await expect(world.check(one)).resolves.toBeUndefined();
  });

  test("a moved tag is followed and told, whatever becomes of the others", async () => {
    await expect(world.moveTag()).resolves.toBeUndefined();
  });
});
