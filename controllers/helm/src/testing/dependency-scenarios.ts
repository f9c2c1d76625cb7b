import assert from "node:assert/strict";
import type { DependencyReference } from "@eddy/api";
import { chartOf, messageOf, type Scenario } from "./scenario.ts";

const gate: DependencyReference = { apiVersion: "v1", kind: "ConfigMap", name: "gate" };

/** Dependencies of HelmReleases on objects of any kind; the rules are those of Kustomizations, which have the longer stories. */
export const dependencyScenarios: readonly Scenario[] = [
  {
    name: "a dependency of any kind is waited for, by its status or by an expression, and watched",
    async run(world) {
      const { kube, namespace } = world;
      await world.push(chartOf("1.0.0"));
      await world.create("web", { dependsOn: [gate] });
      await world.create("open", { dependsOn: [{ ...gate, readyExpr: "dep.data.open == 'yes'" }] });
      const missing = `dependency 'ConfigMap/${namespace}/gate' not found: configmaps "gate" not found`;
      for (const name of ["web", "open"])
        assert.equal(messageOf(await world.failed(name, "DependencyNotReady")), missing);
      await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "gate", namespace } });
      await world.ready("web");
      // An expression over what is not there yet.
      await world.until("open", (object) => messageOf(object).includes("no such key: data"));
      await kube.patch({ group: "", kind: "ConfigMap", namespace, name: "gate" }, "merge", { data: { open: "yes" } });
      await world.ready("open");
    },
  },
  {
    name: "a dependency of any kind that is not served, is forbidden for the account, or is without an apiVersion",
    async run(world) {
      const { kube, namespace } = world;
      await world.push(chartOf("1.0.0"));
      await world.create("unserved", { dependsOn: [{ apiVersion: "none.example.org/v1", kind: "Basin", name: "a" }] });
      const unserved = messageOf(await world.failed("unserved", "DependencyNotReady"));
      const detail = `no matches for kind "Basin" in version "none.example.org/v1"`;
      assert.equal(unserved, `dependency 'Basin/${namespace}/a' not found: ${detail}`);
      await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "gate", namespace } });
      await world.create("tenant", { serviceAccountName: "tenant", dependsOn: [gate] });
      const forbidden = messageOf(await world.failed("tenant", "DependencyNotReady"));
      assert.ok(forbidden.startsWith(`dependency 'ConfigMap/${namespace}/gate' cannot be read: `), forbidden);
      assert.ok(forbidden.includes(`"system:serviceaccount:${namespace}:tenant"`), forbidden);
      await assert.rejects(
        world.create("refused", { dependsOn: [{ kind: "ConfigMap", name: "gate" }] }),
        /a kind other than Kustomization and HelmRelease needs an apiVersion/,
      );
    },
  },
  {
    name: "under lockdown a dependency of any kind is of the own namespace",
    async run(world) {
      await world.restart({ noCrossNamespaceRefs: true });
      await world.push(chartOf("1.0.0"));
      await world.create("web", { dependsOn: [{ ...gate, namespace: "default" }] });
      const denied = await world.stalled("web", "AccessDenied");
      const blocked = "cross-namespace references have been blocked";
      assert.equal(messageOf(denied), `can't access 'ConfigMap/default/gate', ${blocked}`);
    },
  },
  {
    name: "a circle over a Kustomization is named",
    async run(world) {
      const { kube, namespace } = world;
      await kube.create({
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        metadata: { name: "infra", namespace },
        spec: {
          interval: "1h",
          prune: true,
          sourceRef: { kind: "GitRepository", name: "none" },
          dependsOn: [{ kind: "HelmRelease", name: "web" }],
        },
      });
      await world.push(chartOf("1.0.0"));
      await world.create("web", { dependsOn: [{ kind: "Kustomization", name: "infra" }] });
      const object = await world.failed("web", "DependencyNotReady");
      const cycle = "circular dependency Kustomization/infra → HelmRelease/web";
      assert.equal(messageOf(object), `dependency '${namespace}/infra' is not ready: ${cycle}`);
    },
  },
];
