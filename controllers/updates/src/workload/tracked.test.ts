import type { KubeObject } from "@eddy/core/object";
import { describe, expect, it } from "vitest";
import { readTracked } from "./tracked.ts";

const workload = (kind: string, metadata: object, podSpec: object): KubeObject => {
  const template = { spec: podSpec };
  const spec = kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return {
    apiVersion: kind === "CronJob" ? "batch/v1" : "apps/v1",
    kind,
    metadata: { name: "x", namespace: "y", ...metadata },
    spec,
  } as KubeObject;
};
const release = (values: object): KubeObject => ({
  apiVersion: "helm.toolkit.fluxcd.io/v2",
  kind: "HelmRelease",
  metadata: { name: "x", namespace: "y" },
  spec: { values },
});
const pods = {
  containers: [
    { name: "web", image: "nginx:1.25.1" },
    { name: "sidecar", image: "ghcr.io/org/proxy:2" },
  ],
  initContainers: [{ name: "setup", image: "busybox:1" }],
  volumes: [
    { name: "model", image: { reference: "ghcr.io/org/model:3" } },
    { name: "tmp", emptyDir: {} },
  ],
};
const seen = (object: KubeObject): string[] =>
  readTracked(object).images.map(({ container, repository }) => `${container} ${repository}`);
const all = { "keel.sh/policy": "all" };

describe("readTracked", () => {
  it.each(["Deployment", "StatefulSet", "DaemonSet", "CronJob"])("finds the containers of a %s", (kind) => {
    expect(seen(workload(kind, { labels: all }, pods))).toEqual([
      "web index.docker.io/library/nginx",
      "sidecar ghcr.io/org/proxy",
    ]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ["init containers where asked", { "keel.sh/initContainers": "true" }, ["setup", "web", "sidecar"]],
    ["image volumes where asked", { "keel.sh/imageVolumes": "true" }, ["web", "sidecar", "volume/model"]],
    ["only monitored containers", { "keel.sh/monitorContainers": "^side" }, ["sidecar"]],
    ["none where the expression cannot be read", { "keel.sh/monitorContainers": "(" }, []],
  ])("%s", (_, annotations, want) => {
    const { images } = readTracked(workload("Deployment", { annotations: { ...all, ...annotations } }, pods));
    expect(images.map(({ container }) => container)).toEqual(want);
  });

  it("reports what cannot be meant, and leaves alone what no registry can have", () => {
    const containers = [
      { name: "web", image: "NGINX:1" },
      { name: "ok", image: "nginx" },
    ];
    const tracked = readTracked(workload("Deployment", { labels: { "keel.sh/policy": "sometimes" } }, { containers }));
    expect(tracked.policy).toEqual({ form: "never" });
    expect(tracked.images.map(({ container }) => container)).toEqual(["ok"]);
    expect(tracked.problems.map(({ keys }) => keys[0])).toEqual(["keel.sh/policy", "web"]);
  });

  it("updates nothing where Flux v1 and Keel would both", () => {
    const annotations = { ...all, "fluxcd.io/automated": "true" };
    const tracked = readTracked(workload("Deployment", { annotations }, pods));
    expect(tracked.policy).toEqual({ form: "never" });
    expect(tracked.problems[0]?.message).toBe(
      "fluxcd.io/automated and keel.sh/policy are both set: nothing is updated",
    );
  });

  it("reads keel: in the values of a HelmRelease, and only the images that it lists", () => {
    const keel = {
      policy: "major",
      trigger: "poll",
      pollSchedule: "@every 3m",
      approvals: 2,
      approvalDeadline: 5,
      images: [{ repository: "web.image.repository", tag: "web.image.tag" }],
    };
    const values = {
      keel,
      web: { image: { repository: "ghcr.io/org/app", tag: "1.2.3" } },
      db: { image: { repository: "postgres", tag: "16" } },
    };
    const tracked = readTracked(release(values));
    expect(tracked.keel).toMatchObject({
      trigger: "poll",
      pollSchedule: "@every 3m",
      approvals: 2,
      approvalDeadlineHours: 5,
    });
    expect(tracked.images.map(({ repository, image }) => [repository, image.tag])).toEqual([
      ["ghcr.io/org/app", "1.2.3"],
    ]);
    expect(readTracked(release({ ...values, keel: { policy: "all" } })).images).toHaveLength(2);
    expect(readTracked(release({ image: values.web.image })).policy).toEqual({ form: "never" });
  });
});
