import assert from "node:assert/strict";
import { chartOf, configMapTemplate, conditionsOf, dataOf, eventsOf, messageOf, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const twoMaps = { "second.yaml": configMapTemplate.replace("-config", "-second") };

async function edit(world: World, name: string, data: object): Promise<void> {
  const ref = { group: "", version: "v1", kind: "ConfigMap", namespace: world.namespace, name };
  await world.kube.patch(ref, "merge", { data } as never, { fieldManager: "hand" });
}

/** What is seen and done when somebody changes the objects of a release. */
export const driftScenarios: readonly Scenario[] = [
  {
    name: "with drift detection an edited object is put back at once, and a deleted one comes again",
    async run(world) {
      await world.push(chartOf("1.0.0", twoMaps));
      await world.create("web", { driftDetection: { mode: "enabled" } });
      const object = await world.ready("web");
      assert.ok(conditionsOf(object).includes("Drifted=False NoDriftDetected"));
      await world.idle();
      await edit(world, "web-config", { key: "edited" });
      await world.untilObject({ group: "", kind: "ConfigMap", name: "web-config" }, (now) => dataOf(now) === "default");
      await world.idle();
      const ref = { group: "", kind: "ConfigMap", namespace: world.namespace, name: "web-second" };
      await world.kube.delete(ref);
      await world.untilObject({ group: "", kind: "ConfigMap", name: "web-second" }, (now) => dataOf(now) === "default");
      const events = await eventsOf(world, "web");
      assert.deepEqual(events.slice(1), [
        "error DriftDetected Cluster state of release web.v1 has drifted from the desired state:\nConfigMap/web-config changed (0 additions, 1 changes, 0 removals)",
        "info DriftCorrected Cluster state of release web.v1 has been corrected:\nConfigMap/web-config configured",
        "error DriftDetected Cluster state of release web.v1 has drifted from the desired state:\nConfigMap/web-second removed",
        "info DriftCorrected Cluster state of release web.v1 has been corrected:\nConfigMap/web-second created",
      ]);
      assert.equal((await world.storage.last("web"))?.version, 1);
    },
  },
  {
    name: "a warning changes nothing in the cluster",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web", { driftDetection: { mode: "warn" } });
      await world.ready("web");
      await world.idle();
      await edit(world, "web-config", { key: "edited" });
      const object = await world.until("web", (now) => conditionsOf(now).includes("Drifted=True DriftDetected"));
      assert.match(
        messageOf(object, "Drifted"),
        /ConfigMap\/.*web-config changed \(0 additions, 1 changes, 0 removals\)$/,
      );
      assert.ok(conditionsOf(object).includes("Ready=True InstallSucceeded"));
      assert.equal(dataOf(await world.get("ConfigMap", "web-config")), "edited");
      await edit(world, "web-config", { key: "default" });
      await world.request("web");
      await world.until("web", (now) => conditionsOf(now).includes("Drifted=False NoDriftDetected"));
    },
  },
  {
    name: "ignored fields and objects that opt out are nobody's business",
    async run(world) {
      await world.push(chartOf("1.0.0", twoMaps));
      const ignore = [{ paths: ["/data/key"], target: { kind: "ConfigMap", name: "web-config" } }];
      await world.create("web", { driftDetection: { mode: "enabled", ignore } });
      await world.ready("web");
      await world.idle();
      await edit(world, "web-config", { key: "edited" });
      const ref = { group: "", version: "v1", kind: "ConfigMap", namespace: world.namespace, name: "web-second" };
      await world.kube.patch(ref, "merge", {
        metadata: { annotations: { "helm.toolkit.fluxcd.io/driftDetection": "disabled" } },
        data: { key: "edited" },
      } as never);
      await world.request("web");
      await world.idle();
      assert.equal(dataOf(await world.get("ConfigMap", "web-config")), "edited");
      assert.equal(dataOf(await world.get("ConfigMap", "web-second")), "edited");
    },
  },
  {
    name: "what a manager adds is left alone, until --override-manager names it",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web", { driftDetection: { mode: "enabled" } });
      await world.ready("web");
      await world.idle();
      await edit(world, "web-config", { extra: "mine" });
      await world.request("web");
      assert.deepEqual((await world.get("ConfigMap", "web-config"))?.["data"], {
        extra: "mine",
        key: "default",
        version: "1.0.0",
      });
      await world.restart({ overrideManagers: ["hand"] });
      await world.request("web");
      await world.untilObject({ group: "", kind: "ConfigMap", name: "web-config" }, (now) => {
        const { data } = (now ?? {}) as { data?: Record<string, string> };
        return data !== undefined && data["extra"] === undefined && data["key"] === "default";
      });
    },
  },
  {
    name: "without drift detection the cluster is not looked at",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      await edit(world, "web-config", { key: "edited" });
      await world.request("web");
      await world.idle();
      assert.equal(dataOf(await world.get("ConfigMap", "web-config")), "edited");
    },
  },
];
