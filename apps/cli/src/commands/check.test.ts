import { afterAll, beforeAll, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed();
  await bed.namespace("flux-system");
  const labels = { app: "eddy" };
  await bed.kube.create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "eddy", namespace: "flux-system", labels: { "app.kubernetes.io/part-of": "flux" } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "manager", image: "eddy:1" }] } },
    },
  });
});
afterAll(() => bed.stop());

test("the prerequisites alone", async () => {
  const { code, stderr } = await bed.run("flux-system", "check --pre");
  expect(stderr).toContain("✔ prerequisites checks passed\n");
  expect(code).toBe(0);
});

test("components that are named must be there", async () => {
  const words =
    "check --components eddy,source-controller --components-extra image-reflector-controller --poll-interval 1s";
  const { code, stderr } = await bed.run("flux-system", words);
  expect(stderr).toContain("► eddy:1\n");
  expect(stderr).not.toContain("eddy: deployment not found");
  expect(stderr).toContain("✗ source-controller: deployment not found\n");
  expect(stderr).toContain("✗ image-reflector-controller: deployment not found\n");
  expect(code).toBe(1);
});
