import { valueAt, type KubeObject } from "@eddy/core/object";
import { castVote } from "@eddy/runtime/approval";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startUpdatesBed, type UpdatesBed } from "./testing/updates-bed.ts";

let bed: UpdatesBed;
let repository: string;
beforeAll(async () => {
  bed = await startUpdatesBed();
});
afterAll(() => bed.stop());
beforeEach(async () => {
  repository = `${await bed.enterNamespace()}/netutils`;
});

const image = (tag: string): string => `${bed.registry.host}/${repository}:${tag}`;
const push = (tag: string, content?: string): string => bed.push(`${repository}:${tag}`, content);
const polled = {
  labels: { "keel.sh/policy": "all", "keel.sh/trigger": "poll" },
  annotations: { "keel.sh/pollSchedule": "@every 1s" },
};
const messages = (): string[] =>
  bed.events
    .filter(({ involvedObject }) => involvedObject.namespace === bed.namespace)
    .map(({ reason, message }) => `${reason}: ${message}`);
const byText = (left: unknown[], right: unknown[]): number => (String(left[0]) < String(right[0]) ? -1 : 1);
const hint = (tag: string): number => bed.handle.loop.hint(`${bed.registry.host}/${repository}`, tag);

describe("the example: policy all, trigger poll", () => {
  it("follows a pushed version by itself, and the old ReplicaSet goes to 0", async () => {
    push("3.4.5");
    const ref = await bed.deploy("ithome", image("3.4.5"), polled);
    await bed.until(ref, (object) => valueAt(object, "status", "availableReplicas") === 3);
    push("4.5.6");
    await bed.untilImage(ref, image("4.5.6"));
    await bed.until(
      ref,
      (object) =>
        valueAt(object, "status", "observedGeneration") === object.metadata.generation &&
        ["updatedReplicas", "replicas", "readyReplicas"].every((field) => valueAt(object, "status", field) === 3),
    );
    const { items } = await bed.kube.list({ group: "apps", kind: "ReplicaSet" }, { namespace: bed.namespace });
    const rows = items.map((set) => [
      valueAt(set, "spec", "template", "spec", "containers", 0, "image"),
      valueAt(set, "spec", "replicas"),
      valueAt(set, "status", "replicas"),
    ]);
    expect(rows.toSorted(byText)).toEqual([
      [image("3.4.5"), 0, 0],
      [image("4.5.6"), 3, 3],
    ]);
    expect(messages()).toEqual([
      "UpdateWritten: automated update, version 3.4.5 -> 4.5.6: written to the cluster, the object is not in Git",
    ]);
    const { metadata } = await bed.kube.get(ref);
    expect(metadata.annotations?.["kubernetes.io/change-cause"]).toMatch(
      /^keel automated update, version 3\.4\.5 -> 4\.5\.6 \[2\d{3}-/,
    );
  });
});

describe("a webhook", () => {
  const pushed = { labels: { "keel.sh/policy": "major" } };

  it("updates what is only pushed to, which registries are not asked about before", async () => {
    push("1.0.0");
    push("1.1.0");
    const ref = await bed.deploy("web", image("1.0.0"), pushed);
    await expect.poll(() => hint("1.1.0")).toBe(1);
    await bed.untilImage(ref, image("1.1.0"));
  });

  it("that is forged changes nothing: the registry is asked", async () => {
    push("1.0.0");
    const ref = await bed.deploy("web", image("1.0.0"), pushed);
    await expect.poll(() => hint("9.9.9")).toBe(1);
    await bed.handle.idle();
    expect(await bed.imageOf(ref)).toBe(image("1.0.0"));
    expect(messages()).toEqual([]);
  });

  it("again and again: one update", async () => {
    push("1.0.0");
    const ref = await bed.deploy("web", image("1.0.0"), pushed);
    push("1.1.0");
    await expect.poll(() => hint("1.1.0")).toBe(1);
    for (let count = 0; count < 50; count++) hint("1.1.0");
    await bed.untilImage(ref, image("1.1.0"));
    await bed.handle.idle();
    expect(messages()).toHaveLength(1);
  });
});

describe("digests of a tag that moves", () => {
  it("roll the pods, once a digest, also when it moved while nobody looked", async () => {
    const first = push("latest", "one");
    const metadata = {
      annotations: {
        "keel.sh/policy": "force",
        "keel.sh/matchTag": "true",
        "keel.sh/trigger": "poll",
        "keel.sh/pollSchedule": "@every 1s",
      },
    };
    const ref = await bed.deploy("web", image("latest"), metadata);
    await bed.until(
      ref,
      ({ metadata: { annotations } }) => annotations?.["eddy.sh/last-update"]?.includes(first) === true,
    );
    await bed.handle.stop();
    const second = push("latest", "two");
    await bed.restart();
    const updated = await bed.until(ref, ({ metadata: { annotations } }) => annotations?.["keel.sh/digest"] === second);
    expect(valueAt(updated, "spec", "template", "metadata", "annotations", "keel.sh/update-time")).toMatch(/^2\d{3}-/);
    expect(await bed.imageOf(ref)).toBe(image("latest"));
    expect(messages()).toEqual([
      `UpdateWritten: automated update, version latest -> latest (${second}): written to the cluster, the object is not in Git`,
    ]);
  });
});

describe("what a person does is respected", () => {
  it("a revert stays, over a restart and over newer pushes, until it is lifted", async () => {
    push("1.0.0");
    push("1.1.0");
    const ref = await bed.deploy("web", image("1.0.0"), polled);
    await bed.untilImage(ref, image("1.1.0"));
    const path = "/spec/template/spec/containers/0/image";
    await bed.kube.patch(ref, "json", [{ op: "replace", path, value: image("1.0.0") }]);
    expect((await bed.untilEvent("UpdateHeld")).message).toBe(
      `web was put back from 1.1.0 by a person: it stays until that is lifted (kubectl annotate -n ${bed.namespace} deployment/web eddy.sh/last-update-) or a newer image is set`,
    );
    push("1.2.0");
    await bed.restart();
    bed.handle.loop.look(ref, "test");
    await bed.handle.idle();
    expect(await bed.imageOf(ref)).toBe(image("1.0.0"));
    await bed.kube.patch(ref, "merge", { metadata: { annotations: { "eddy.sh/last-update": null } } });
    await bed.untilImage(ref, image("1.2.0"));
  });

  it("a pinned digest stays", async () => {
    const digest = push("1.0.0");
    push("1.1.0");
    const ref = await bed.deploy("web", `${image("1.0.0")}@${digest}`, polled);
    expect((await bed.untilEvent("UpdateHeld")).message).toBe(
      `web is pinned to ${digest}: it stays until the digest is removed`,
    );
    expect(await bed.imageOf(ref)).toBe(`${image("1.0.0")}@${digest}`);
  });
});

describe("approvals", () => {
  it("an update waits for its votes, and is made as soon as they are there", async () => {
    push("1.0.0");
    const digest = push("1.1.0");
    const labels = { ...polled.labels, "keel.sh/approvals": "1" };
    const ref = await bed.deploy("web", image("1.0.0"), { ...polled, labels });
    const { message } = await bed.untilEvent("ApprovalRequested");
    const name = /approval\/([a-z0-9-]+)/.exec(message)?.[1] ?? "";
    const approval = await bed.kube.get({ group: "eddy.sh", kind: "Approval", namespace: bed.namespace, name });
    expect(approval["spec"]).toMatchObject({
      from: `web=${image("1.0.0")}`,
      to: `web=${image("1.1.0")}`,
      digest,
      votesRequired: 1,
    });
    expect(await bed.imageOf(ref)).toBe(image("1.0.0"));
    await bed.restart();
    await castVote(
      { namespace: bed.namespace, name },
      { voter: "admin", groups: ["system:masters"], choice: "approve", via: "cli" },
      bed.environment,
    );
    await bed.untilImage(ref, image("1.1.0"));
    await bed.until(
      { group: "eddy.sh", kind: "Approval", namespace: bed.namespace, name },
      (object) => valueAt(object, "status", "phase") === "Done",
    );
  });
});

describe("images for several platforms", () => {
  it("one that does not run on every node that the workload may be on is refused, and told", async () => {
    const index = (tag: string, ...architectures: string[]): void => {
      const child = push(`child-${tag}`);
      const manifests = architectures.map((architecture) => ({
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: child,
        size: 1,
        platform: { os: "linux", architecture },
      }));
      const mediaType = "application/vnd.oci.image.index.v1+json";
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
      bed.registry.putManifest(repository, { mediaType, bytes }, tag);
    };
    for (const arch of ["amd64", "arm64"])
      await bed.kube.create({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: arch, labels: { "kubernetes.io/os": "linux", "kubernetes.io/arch": arch } },
      });
    await bed.restart();
    index("1.0.0", "amd64", "arm64");
    index("1.1.0", "amd64");
    const ref = await bed.deploy("web", image("1.0.0"), polled);
    expect((await bed.untilEvent("UpdateRefused")).message).toBe(
      "update of web: 1.1.0 does not run on linux/arm64, which nodes of the cluster are",
    );
    index("1.2.0", "amd64", "arm64");
    await bed.untilImage(ref, image("1.2.0"));
  });
});

describe("registries that cannot be trusted", () => {
  it("one that lies about a digest is told, and nothing is written", async () => {
    push("1.0.0");
    push("1.1.0");
    bed.intercept(({ url }) =>
      url.includes("/manifests/1.1.0")
        ? {
            status: 200,
            headers: {
              "content-type": "application/vnd.oci.image.manifest.v1+json",
              "docker-content-digest": `sha256:${"0".repeat(64)}`,
            },
            body: "{}",
          }
        : undefined,
    );
    const ref = await bed.deploy("web", image("1.0.0"), polled);
    expect((await bed.untilEvent("UpdateFailed")).message).toMatch(/^look for updates of web failed: /);
    expect(await bed.imageOf(ref)).toBe(image("1.0.0"));
  });

  it.each<[string, Parameters<UpdatesBed["intercept"]>[0]]>([
    ["that fails", () => ({ status: 500, body: "oops" })],
    ["that hangs up", () => ({ status: 200, hangUp: true })],
    ["that sends elsewhere", () => ({ status: 302, headers: { location: "http://169.254.169.254/latest" } })],
    ["that answers something else", () => ({ status: 200, body: "<html>" })],
  ])("one %s keeps no other waiting", async (_, answer) => {
    push("1.0.0");
    bed.push("other/app:1.0.0");
    bed.push("other/app:1.1.0");
    bed.intercept((request) => (request.url.includes(repository) ? answer(request) : undefined));
    await bed.deploy("broken", image("1.0.0"), polled);
    const other = await bed.deploy("other", `${bed.registry.host}/other/app:1.0.0`, polled);
    await bed.untilImage(other, `${bed.registry.host}/other/app:1.1.0`);
  });

  it("tags that no registry can have are passed over", async () => {
    push("1.0.0");
    const tags = ["1.0.0", `9.${"9".repeat(10_000)}.0`, "9.9.9\u001b[31m", "9.9.9\n", "1.1.0"];
    push("1.1.0");
    bed.intercept(({ url }) =>
      url.includes("/tags/list") && url.includes(repository)
        ? {
            status: 200,
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ name: repository, tags }),
          }
        : undefined,
    );
    const ref = await bed.deploy("web", image("1.0.0"), polled);
    await bed.untilImage(ref, image("1.1.0"));
  });
});

describe("other kinds", () => {
  const container = { name: "job", image: "" };
  it.each(["StatefulSet", "DaemonSet", "CronJob"])("%s", async (kind) => {
    push("1.0.0");
    push("1.1.0");
    const labels = { app: "x" };
    const template = {
      metadata: { labels },
      spec: {
        restartPolicy: kind === "CronJob" ? "Never" : "Always",
        containers: [{ ...container, image: image("1.0.0") }],
      },
    };
    const job = { schedule: "0 0 1 1 *", jobTemplate: { spec: { template } } };
    const spec =
      kind === "CronJob"
        ? job
        : { selector: { matchLabels: labels }, ...(kind === "StatefulSet" ? { serviceName: "x" } : {}), template };
    const object = {
      apiVersion: kind === "CronJob" ? "batch/v1" : "apps/v1",
      kind,
      metadata: { name: "x", namespace: bed.namespace, ...polled },
      spec,
    };
    const made = await bed.kube.create(object as unknown as KubeObject);
    const ref = {
      group: kind === "CronJob" ? "batch" : "apps",
      kind,
      namespace: bed.namespace,
      name: made.metadata.name,
    };
    await bed.until(ref, (found) => JSON.stringify(found["spec"]).includes(image("1.1.0")));
  });

  it("a HelmRelease that is not in Git, by keel: in its values", async () => {
    push("1.0.0");
    push("1.1.0");
    const values = {
      keel: { policy: "all", trigger: "poll", images: [{ repository: "image.repository", tag: "image.tag" }] },
      image: { repository: `${bed.registry.host}/${repository}`, tag: "1.0.0" },
      replicas: 2,
    };
    const chart = { spec: { chart: "x", sourceRef: { kind: "HelmRepository", name: "x" } } };
    const object = {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "x", namespace: bed.namespace },
      spec: { interval: "1h", chart, values },
    };
    await bed.kube.create(object as unknown as KubeObject);
    const ref = { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", namespace: bed.namespace, name: "x" };
    const updated = await bed.until(ref, (found) => valueAt(found, "spec", "values", "image", "tag") === "1.1.0");
    expect(valueAt(updated, "spec", "values")).toEqual({ ...values, image: { ...values.image, tag: "1.1.0" } });
  });
});
