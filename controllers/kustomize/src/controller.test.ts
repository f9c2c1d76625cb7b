import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { createWorld, scenarios } from "./testing/index.ts";

/** The same scenarios run against a real kube-apiserver in `conformance/`. */
describe("Kustomizations on the embedded control plane", () => {
  let plane: ControlPlane;
  let kube: KubeClient;

  beforeAll(async () => {
    plane = await startControlPlane();
    kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  });
  afterAll(async () => {
    kube.close();
    await plane.stop();
  });

  test.each(scenarios)("$name", async ({ run }) => {
    const world = await createWorld({ kube });
    try {
      await expect(run(world)).resolves.toBeUndefined();
    } finally {
      await world.close();
    }
  });
});
