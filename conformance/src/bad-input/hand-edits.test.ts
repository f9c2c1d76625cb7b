import { startControlPlane } from "@eddy/control-plane";
import { expect, test } from "vitest";
import { openBed } from "./bed.ts";
import { putBackEditedPort } from "./hand-edits.ts";

test("a port that a hand edited is put back, though its name is there twice until then", async () => {
  const plane = await startControlPlane();
  const bed = await openBed(plane.kubeconfig);
  try {
    await expect(putBackEditedPort(bed)).resolves.toBeUndefined();
  } finally {
    await bed.close();
    await plane.stop();
  }
});
