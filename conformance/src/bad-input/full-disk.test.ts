import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "@eddy/control-plane";
import { afterAll, describe, expect, test } from "vitest";
import { openBed } from "./bed.ts";
import { deliverOnFullDisk, mountSmallDisk, storeOnFullDisk, type SmallDisk } from "./full-disk.ts";

const dir = mkdtempSync(join(tmpdir(), "eddy-full-disk-"));
const forDelivery = mountSmallDisk(join(dir, "delivery"), "size=512k");
const forFiles = mountSmallDisk(join(dir, "files"), "nr_inodes=48");
const forStore = mountSmallDisk(join(dir, "store"), "size=512k");

afterAll(() => {
  for (const disk of [forDelivery, forFiles, forStore]) disk?.unmount();
  rmSync(dir, { recursive: true, force: true });
});

/** Skipped where a small disk cannot be mounted, which takes root. */
describe.skipIf(!forDelivery || !forFiles || !forStore)("a disk that is full", () => {
  test("of bytes or of files stops no delivery, is told, and is used again when there is room", async () => {
    const plane = await startControlPlane();
    const bed = await openBed(plane.kubeconfig);
    try {
      await expect(deliverOnFullDisk(bed, forDelivery as SmallDisk)).resolves.toBeUndefined();
      await expect(deliverOnFullDisk(bed, forFiles as SmallDisk)).resolves.toBeUndefined();
    } finally {
      await bed.close();
      await plane.stop();
    }
  });

  test("loses the control plane nothing that it acknowledged", async () => {
    await expect(storeOnFullDisk(forStore as SmallDisk)).resolves.toBeUndefined();
  });
});
