import assert from "node:assert/strict";
import type { DependencyReference } from "@eddy/api";
import { isTrue, type Condition } from "@eddy/core/conditions";
import { systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { watchUntil } from "@eddy/runtime/testing";
import { configMap, eventsOf, makeAdmin, makeReady, messageOf, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const deployments = { group: "apps", kind: "Deployment" };

/** What becomes of dependencies on objects of any kind: an extension, so nothing upstream says what is right. */
export const dependencyScenarios: readonly Scenario[] = [
  {
    name: "a dependency of any kind is ready by kstatus, and watched: it comes, gets ready, and goes",
    async run(world) {
      const { kube, namespace } = world;
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { dependsOn: [{ apiVersion: "apps/v1", kind: "Deployment", name: "db" }] });
      const missing = await world.failed("app", "DependencyNotReady");
      const name = `Deployment/${namespace}/db`;
      assert.equal(messageOf(missing), `dependency '${name}' not found: deployments.apps "db" not found`);
      await kube.create(deploymentOf(world, "db"));
      await untilSaid(world, "app", `dependency '${name}' is not ready: status is 'InProgress'`);
      assert.equal(await world.get("ConfigMap", "a"), undefined);
      await makeReady(world, "db");
      await world.ready("app", revision);
      await kube.delete({ ...deployments, namespace, name: "db" });
      await untilSaid(world, "app", messageOf(missing));
    },
  },
  {
    name: "an expression decides over a dependency of any kind, and one that fails waits",
    async run(world) {
      const { kube, namespace } = world;
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "gate", namespace } });
      await kube.create(deploymentOf(world, "db"));
      const gate: DependencyReference = { apiVersion: "v1", kind: "ConfigMap", name: "gate" };
      await world.create("app", {
        dependsOn: [{ ...gate, readyExpr: "dep.?data.open.orValue('') == self.metadata.name" }],
      });
      const waiting = await world.failed("app", "DependencyNotReady");
      const unready = `dependency 'ConfigMap/${namespace}/gate' is not ready according to readyExpr eval`;
      assert.equal(messageOf(waiting), unready);
      await world.create("failing", { dependsOn: [{ ...gate, readyExpr: "int(dep.data.count) > 1" }] });
      assert.match(messageOf(await world.failed("failing", "DependencyNotReady")), /no such key: data/);
      await world.create("wrong", { dependsOn: [{ ...gate, readyExpr: "dep.data ==" }] });
      const stalled = await world.failed("wrong", "InvalidCELExpression");
      assert.equal(messageOf(stalled, "Stalled"), messageOf(stalled));
      const ref = { group: "", kind: "ConfigMap", namespace, name: "gate" };
      await kube.patch(ref, "merge", { data: { open: "app", count: "2" } });
      await world.ready("app", revision);
      await world.ready("failing", revision);
      await world.restart({ additiveDependencyCheck: true });
      const db: DependencyReference = { apiVersion: "apps/v1", kind: "Deployment", name: "db", readyExpr: "true" };
      await world.create("strict", { dependsOn: [db] });
      const strict = await world.failed("strict", "DependencyNotReady");
      assert.equal(messageOf(strict), `dependency 'Deployment/${namespace}/db' is not ready: status is 'InProgress'`);
    },
  },
  {
    name: "a kind that is not served yet, and one without namespaces, are waited for",
    async run(world) {
      const { kube, namespace } = world;
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      const group = `${namespace}.example.org`;
      await world.create("app", { dependsOn: [{ apiVersion: `${group}/v1`, kind: "Basin", name: "deep" }] });
      const unserved = await world.failed("app", "DependencyNotReady");
      const detail = `no matches for kind "Basin" in version "${group}/v1"`;
      assert.equal(messageOf(unserved), `dependency 'Basin/${namespace}/deep' not found: ${detail}`);
      await kube.create(definitionOf(group));
      const definitions = { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", namespace: "" };
      const key = { ...definitions, name: `basins.${group}` };
      await watchUntil(
        kube,
        systemClock,
        key,
        (definition) => definition !== undefined && isTrue(conditionsOf(definition), "Established"),
      );
      await world.request("app");
      await untilSaid(world, "app", `dependency 'Basin/deep' not found: basins.${group} "deep" not found`);
      await kube.create({ apiVersion: `${group}/v1`, kind: "Basin", metadata: { name: "deep" } });
      await world.ready("app", revision);
      await kube.delete(key);
    },
  },
  {
    name: "a dependency without a kind, or of another one without an apiVersion, is refused by the API server",
    async run(world) {
      const refused: readonly [DependencyReference, RegExp][] = [
        [{ apiVersion: "v1", name: "a" }, /apiVersion needs a kind/],
        [{ kind: "Deployment", name: "a" }, /a kind other than Kustomization and HelmRelease needs an apiVersion/],
      ];
      for (const [entry, message] of refused)
        await assert.rejects(world.create("app", { dependsOn: [entry] }), message);
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { dependsOn: [{ kind: "Kustomization", name: "base" }] });
      const plain = await world.failed("app", "DependencyNotReady");
      assert.match(messageOf(plain), new RegExp(`^dependency '${world.namespace}/base' not found: `));
    },
  },
  {
    name: "a circle over a HelmRelease is named",
    async run(world) {
      const { kube, namespace } = world;
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      const chartRef = { kind: "OCIRepository", name: "none" };
      await kube.create({
        apiVersion: "helm.toolkit.fluxcd.io/v2",
        kind: "HelmRelease",
        metadata: { name: "web", namespace },
        spec: { interval: "1h", chartRef, dependsOn: [{ kind: "Kustomization", name: "app" }] },
      });
      await world.create("app", { dependsOn: [{ kind: "HelmRelease", name: "web" }] });
      const object = await world.failed("app", "DependencyNotReady");
      const cycle = "circular dependency HelmRelease/web → Kustomization/app";
      const status = "is not ready: status is 'InProgress'";
      assert.equal(messageOf(object), `dependency 'HelmRelease/${namespace}/web' ${status}: ${cycle}`);
    },
  },
  {
    name: "a dependency is read as the account, which may not be told what another namespace holds",
    async run(world) {
      const { kube, namespace } = world;
      const other = `${namespace}-other`;
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: other } });
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      for (const [where, name] of [
        [other, "token"],
        [namespace, "own"],
      ] as const)
        await kube.create({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name, namespace: where },
          stringData: { password: "hunter2-of-somebody" },
        });
      const secret: DependencyReference = { apiVersion: "v1", kind: "Secret", name: "own" };
      const said: string[] = [];
      for (const name of ["token", "gone"]) {
        const readyExpr = "dep.data.password.startsWith('aHVu')";
        await world.create(name, {
          serviceAccountName: "tenant",
          dependsOn: [{ ...secret, name, namespace: other, readyExpr }],
        });
        said.push(messageOf(await world.failed(name, "DependencyNotReady")).replaceAll(name, "*"));
      }
      const user = `User "system:serviceaccount:${namespace}:tenant" cannot get resource "secrets"`;
      assert.ok(said[0]?.startsWith(`dependency 'Secret/${other}/*' cannot be read: `), said[0]);
      assert.ok(said[0]?.includes(user), said[0]);
      assert.equal(said[1], said[0]);
      // Nor that there is something, by a pass that comes with it.
      const before = await eventsOf(world, "gone");
      await kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name: "gone", namespace: other } });
      await world.create("app", { serviceAccountName: "tenant", dependsOn: [secret] });
      assert.match(messageOf(await world.failed("app", "DependencyNotReady")), /cannot be read/);
      await makeAdmin(world, namespace, "tenant");
      await world.request("app");
      await world.ready("app", revision);
      await world.change("app", { dependsOn: [{ ...secret, readyExpr: "dep.data[dep.data.password] != ''" }] });
      const masked = await world.failed("app", "DependencyNotReady");
      assert.match(messageOf(masked), /\*\*\*\*\*/);
      assert.doesNotMatch(JSON.stringify(masked.status), /aHVudGVyMi|hunter2/);
      assert.deepEqual(await eventsOf(world, "gone"), before);
      await kube.delete({ group: "", kind: "Namespace", namespace: "", name: other });
    },
  },
  {
    name: "under lockdown a dependency of any kind is of the own namespace, and one without an account is read as the default one",
    settings: { noCrossNamespaceRefs: true, defaultServiceAccount: "default" },
    async run(world) {
      const { namespace } = world;
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      const gate: DependencyReference = { apiVersion: "v1", kind: "ConfigMap", name: "kube-root-ca.crt" };
      await world.create("there", { dependsOn: [{ ...gate, namespace: "kube-system" }] });
      const denied = await world.failed("there", "AccessDenied");
      const blocked = "cross-namespace references have been blocked";
      assert.equal(messageOf(denied), `can't access 'ConfigMap/kube-system/kube-root-ca.crt', ${blocked}`);
      assert.equal(messageOf(denied, "Stalled"), messageOf(denied));
      await world.create("own", { dependsOn: [gate] });
      const forbidden = await world.failed("own", "DependencyNotReady");
      assert.ok(messageOf(forbidden).includes(`"system:serviceaccount:${namespace}:default"`), messageOf(forbidden));
    },
  },
  {
    name: "what goes to another cluster waits for objects of this one",
    async run(world) {
      const { kube, namespace } = world;
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", {
        kubeConfig: { secretRef: { name: "nowhere" } },
        dependsOn: [{ apiVersion: "v1", kind: "ConfigMap", name: "gate" }],
      });
      await world.failed("app", "DependencyNotReady");
      await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "gate", namespace } });
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(object), /nowhere/);
    },
  },
];

async function untilSaid(world: World, name: string, message: string): Promise<void> {
  await world.until(name, (object) => messageOf(object) === message && !isReady(object));
}

function isReady(object: KubeObject): boolean {
  return isTrue(conditionsOf(object), "Ready");
}

function conditionsOf(object: KubeObject): Condition[] | undefined {
  return valueAt(object, "status", "conditions") as Condition[] | undefined;
}

function deploymentOf({ namespace }: World, name: string): KubeObject {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "db:1" }] } };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace }, spec };
}

/** A kind without namespaces. */
function definitionOf(group: string): KubeObject {
  const schema = { openAPIV3Schema: { type: "object" } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `basins.${group}` },
    spec: {
      group,
      scope: "Cluster",
      names: { kind: "Basin", plural: "basins", singular: "basin", listKind: "BasinList" },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
}
