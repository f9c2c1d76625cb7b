import { helmRepositoryKind } from "@eddy/api";
import { startRegistry, type Registry } from "@eddy/registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

let bed: CliBed;
let registry: Registry;
beforeAll(async () => {
  [bed, registry] = await Promise.all([startCliBed(), startRegistry()]);
});
afterAll(async () => {
  await registry.stop();
  await bed.stop();
});

describe("demo push-image", () => {
  it("says what to start where there is no sample", async () => {
    const { code, stderr } = await bed.run("default", "demo push-image tug:1.1.0");
    expect(code).toBe(1);
    expect(stderr).toContain("there is no registry of the sample in this cluster");
    expect(stderr).toContain("eddy up");
  });

  it("pushes an image to the registry that the sample's charts are in", async () => {
    await bed.namespace("flux-system");
    const spec = { type: "oci", url: `oci://${registry.host}/charts`, insecure: true };
    await bed.create(helmRepositoryKind, { name: "registry", namespace: "flux-system" }, spec);
    const { code, stderr } = await bed.run("default", "demo push-image tug:1.1.0");
    expect(stderr).toMatch(/pushed 127\.0\.0\.1:\d+\/apps\/tug:1\.1\.0 \(sha256:[0-9a-f]{64}\)/);
    expect(code).toBe(0);
    expect(registry.tags("apps/tug")).toEqual(["1.1.0"]);
  });

  it.each(["", "tug", "tug:", ":1", "tug:1:2", "../tug:1", "tug:a/b"])("refuses %j", async (image) => {
    const { code, stderr } = await bed.run("default", `demo push-image ${image}`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is no image: want <name>:<tag>, such as tug:1\.1\.0|image name is required/);
  });
});
