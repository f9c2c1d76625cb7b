import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { controllerSuite } from "./testing/index.ts";

/** The same stories are run against a real kube-apiserver by the conformance suite. */
describe("HelmReleases on the embedded control plane", () => {
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

  test.each(controllerSuite(async () => ({ kube, kubeconfig: plane.kubeconfig })))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
