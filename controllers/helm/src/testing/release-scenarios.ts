import assert from "node:assert/strict";
import { chartOf, conditionsOf, dataOf, eventsOf, messageOf, type Scenario } from "./scenario.ts";

/** What is installed and upgraded, and what the HelmRelease says of it. */
export const releaseScenarios: readonly Scenario[] = [
  {
    name: "a chart is installed, recorded, labelled and reported in upstream's words",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web", { values: { key: "wanted" } });
      const { status, metadata } = await world.ready("web", "1.0.0");
      const { namespace } = world;
      const message = `Helm install succeeded for release ${namespace}/web.v1 with chart app@1.0.0`;
      assert.deepEqual(conditionsOf({ status } as never), [
        "Ready=True InstallSucceeded",
        "Released=True InstallSucceeded",
      ]);
      assert.equal(messageOf({ status } as never), message);
      assert.equal(status?.observedGeneration, metadata.generation);
      assert.equal(status?.helmChart, `${namespace}/${namespace}-web`);
      assert.equal(status?.storageNamespace, namespace);
      assert.equal(status?.lastAttemptedReleaseAction, "install");
      assert.deepEqual(status?.inventory?.entries, [{ id: `${namespace}_web-config__ConfigMap`, v: "v1" }]);
      const [snapshot] = status?.history ?? [];
      assert.deepEqual(
        [
          snapshot?.name,
          snapshot?.version,
          snapshot?.status,
          snapshot?.action,
          snapshot?.appVersion,
          snapshot?.apiVersion,
        ],
        ["web", 1, "deployed", "install", "9", "v2"],
      );
      const object = await world.get("ConfigMap", "web-config");
      assert.equal(dataOf(object), "wanted");
      assert.deepEqual(object?.metadata.labels, {
        "app.kubernetes.io/managed-by": "Helm",
        "helm.toolkit.fluxcd.io/name": "web",
        "helm.toolkit.fluxcd.io/namespace": namespace,
      });
      assert.deepEqual(
        object?.metadata.managedFields?.map(({ manager, operation }) => [manager, operation]),
        [["helm-controller", "Apply"]],
      );
      assert.deepEqual(await eventsOf(world, "web"), [`info InstallSucceeded ${message.replace(`${namespace}/`, "")}`]);
      assert.deepEqual(world.events.at(-1)?.metadata, {
        "helm.toolkit.fluxcd.io/revision": "1.0.0",
        "helm.toolkit.fluxcd.io/app-version": "9",
        "helm.toolkit.fluxcd.io/token": snapshot?.configDigest,
      });
      assert.equal((await world.storage.last("web"))?.info.status, "deployed");
    },
  },
  {
    name: "a new chart is an upgrade, and what came before is kept as far as a rollback needs it",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web", "1.0.0");
      await world.push(chartOf("1.1.0"));
      const { status } = await world.ready("web", "1.1.0");
      assert.deepEqual(
        status?.history?.map(({ version, status: state, action }) => [version, state, action]),
        [
          [2, "deployed", "upgrade"],
          [1, "superseded", undefined],
        ],
      );
      assert.equal(dataOf(await world.get("ConfigMap", "web-config"), "version"), "1.1.0");
      assert.equal(status?.conditions?.find(({ type }) => type === "Released")?.reason, "UpgradeSucceeded");
      await world.push(chartOf("1.2.0"));
      const third = await world.ready("web", "1.2.0");
      assert.deepEqual(
        third.status?.history?.map(({ version }) => version),
        [3, 2],
      );
    },
  },
  {
    name: "a request with nothing to do costs one status write and nothing else",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      await world.idle();
      // The storage's watch may still be on its way after the first pass.
      await world.request("web");
      await world.idle();
      world.tap.writes.length = 0;
      world.tap.reads.length = 0;
      await world.request("web");
      await world.idle();
      assert.deepEqual([world.tap.writes, world.tap.reads], [["status HelmRelease web"], []]);
    },
  },
];
