import assert from "node:assert/strict";
import { sourceGroup, type Kustomization } from "@eddy/api";
import { configMap, deployment, makeReady, messageOf, valueOf, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const interval = "100ms";
const configMaps = { group: "", kind: "ConfigMap" };

/** Kustomizations that are looked at often, and what may have changed in between. */
export const restScenarios: readonly Scenario[] = [
  {
    name: "at an interval in which nothing changed, nothing is rendered, compared or written",
    async run(world) {
      await atRest(world, { "a.yaml": configMap(world, "a", "1") });
      const writes = world.writes.length;
      const steps = world.stepsOf("Apply");
      await world.untilRoutine(3);
      assert.equal(world.stepsOf("Apply"), steps);
      assert.deepEqual(world.writes.slice(writes), []);
    },
  },
  {
    name: "what is changed while nothing was looked at is changed back, and rests again",
    async run(world) {
      await atRest(world, { "a.yaml": configMap(world, "a", "1") });
      const object = { ...configMaps, namespace: world.namespace, name: "a" };
      await world.kube.patch(object, "merge", { data: { key: "2" } });
      await world.untilObject(configMaps, "a", (one) => valueOf(one) === "1");
      await untilResting(world);
    },
  },
  {
    name: "a label of somebody else is looked at once more, and then no more",
    async run(world) {
      await atRest(world, { "a.yaml": configMap(world, "a", "1") });
      const steps = world.stepsOf("Apply");
      const object = { ...configMaps, namespace: world.namespace, name: "a" };
      await world.kube.patch(object, "merge", { metadata: { labels: { theirs: "x" } } });
      await world.untilRoutine(3);
      assert.ok(world.stepsOf("Apply") <= steps + 1);
      await untilResting(world);
    },
  },
  {
    name: "a commit ends the rest, of another folder too",
    async run(world) {
      await atRest(world, { "app/a.yaml": configMap(world, "a", "1") }, { path: "app" });
      const other = await world.push({ "app/a.yaml": configMap(world, "a", "1"), "other/b.yaml": "" });
      await world.ready("app", other);
      const changed = await world.push({ "app/a.yaml": configMap(world, "a", "2") });
      await world.ready("app", changed);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "2");
    },
  },
  {
    name: "a dependency that is suspended is as ready as it was, and who depends on it rests",
    async run(world) {
      const revision = await world.push({
        "base/a.yaml": configMap(world, "a", "1"),
        "app/b.yaml": configMap(world, "b", "1"),
      });
      await world.create("base", { path: "base" });
      await world.create("app", { path: "app", interval, dependsOn: [{ name: "base" }] });
      await world.ready("app", revision);
      await untilResting(world);
      await world.change("base", { suspend: true });
      await world.until("base", ({ status, metadata }) => status?.observedGeneration === metadata.generation);
      await untilResting(world);
      await world.change("app", { path: "./app" });
      await world.until("app", ({ status, metadata }) => status?.observedGeneration === metadata.generation);
      await untilResting(world);
    },
  },
  {
    name: "what the same artifact was made from is told when it is another",
    async run(world) {
      await atRest(world, { "a.yaml": configMap(world, "a", "1") });
      const ref = { group: sourceGroup, kind: "GitRepository", namespace: world.namespace, name: "app" };
      const metadata = { "org.opencontainers.image.revision": "main@sha1:other" };
      await world.kube.patch(ref, "merge", { status: { artifact: { metadata } } }, { subresource: "status" });
      await world.until("app", ({ status }) => status?.lastAppliedOriginRevision === "main@sha1:other");
      await untilResting(world);
    },
  },
  {
    name: "what is created once rests too, and is not asked about again and again",
    async run(world) {
      const once = "annotations:\n  kustomize.toolkit.fluxcd.io/ssa: IfNotPresent";
      await atRest(world, { "a.yaml": configMap(world, "a", "1", once), "b.yaml": configMap(world, "b", "1") });
    },
  },
  {
    name: "a Deployment that fails is told at the next interval of one that waits for it",
    async run(world) {
      await world.push({ "a.yaml": deployment(world, "web") });
      await world.create("app", { wait: true, interval });
      await world.untilObject({ group: "apps", kind: "Deployment" }, "web", (object) => object !== undefined);
      await makeReady(world, "web");
      await untilResting(world);
      await makeFailed(world, "web");
      const object = await world.failed("app", "HealthCheckFailed");
      assert.match(messageOf(object), /Deployment\/.*\/web status: 'Failed'/);
    },
  },
  {
    name: "health of what is not applied here is looked at each time",
    async run(world) {
      const { kube, namespace } = world;
      const labels = { app: "theirs" };
      const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "nginx:1" }] } };
      const foreign = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "theirs", namespace } };
      await kube.create({ ...foreign, spec: { replicas: 1, selector: { matchLabels: labels }, template } });
      await makeReady(world, "theirs");
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { interval, healthChecks: [{ kind: "Deployment", name: "theirs", namespace }] });
      await world.ready("app", revision);
      await world.untilRoutine(2);
      await makeFailed(world, "theirs");
      await world.failed("app", "HealthCheckFailed");
    },
  },
];

/** Gives a Deployment the status that its controller would, once its time is up. */
function makeFailed({ kube, namespace }: World, name: string): Promise<unknown> {
  const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "late" }];
  const ref = { group: "apps", kind: "Deployment", namespace, name };
  return kube.patch(ref, "merge", { status: { conditions } }, { subresource: "status" });
}

async function atRest(
  world: World,
  files: Readonly<Record<string, string>>,
  spec: Partial<Kustomization["spec"]> = {},
): Promise<void> {
  const revision = await world.push(files);
  await world.create("app", { interval, ...spec });
  await world.ready("app", revision);
  await untilResting(world);
}

/** Until a pass has told that there is nothing to do without having looked. */
async function untilResting(world: World): Promise<void> {
  let before: number;
  do {
    before = world.stepsOf("Apply");
    // The first may be the news of a pass that has been through that step.
    await world.untilRoutine(2);
  } while (world.stepsOf("Apply") !== before);
}
