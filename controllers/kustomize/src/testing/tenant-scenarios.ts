import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kustomization } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import type { KubeObject } from "@eddy/core/object";
import { configMap, makeAdmin, messageOf, valueOf, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** A tenant's namespace is locked down as upstream's guide for multi-tenancy does it. */
const lockdown = { noCrossNamespaceRefs: true, defaultServiceAccount: "default" } as const;

/** What a tenant may try who may edit everything in a namespace, and what must become of it: nothing, and the others go on. */
export const tenantScenarios: readonly Scenario[] = [
  {
    name: "under lockdown a source of another namespace is denied in the same words, whether it is there or not",
    settings: lockdown,
    async run(world) {
      const other = await otherNamespace(world);
      const url = "https://example.org/secret.git";
      await world.kube.create({
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "GitRepository",
        metadata: { name: "there", namespace: other },
        spec: { interval: "1h", url },
      });
      const said: string[] = [];
      for (const name of ["there", "gone"]) {
        await world.create(name, { sourceRef: { kind: "GitRepository", name, namespace: other } });
        const object = await world.failed(name, "AccessDenied");
        assert.equal(messageOf(object, "Stalled"), messageOf(object));
        said.push(messageOf(object).replace(name, "*"));
      }
      assert.equal(said[0], `can't access 'GitRepository/${other}/*', cross-namespace references have been blocked`);
      assert.equal(said[1], said[0]);
    },
  },
  {
    name: "under lockdown a Kustomization without an account acts as the default one, which may do nothing",
    settings: lockdown,
    async run(world) {
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app");
      await deniedAs(world, "app", `system:serviceaccount:${world.namespace}:default`);
    },
  },
  {
    name: "an account of another namespace cannot be named, and no name makes a pass act as the process",
    settings: lockdown,
    async run(world) {
      const other = await otherNamespace(world);
      await makeAdmin(world, other, "admin");
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      const names = [`${other}:admin`, `../${other}/admin`, " ", "system:masters", "a".repeat(253)];
      for (const [index, name] of names.entries()) {
        await world.create(`app-${index}`, { serviceAccountName: name });
        const object = await world.until(`app-${index}`, isFailed);
        assert.match(messageOf(object), /[Ff]orbidden|impersonate|[Ii]nvalid/, JSON.stringify(name));
      }
      await world.create("empty", { serviceAccountName: "" });
      await deniedAs(world, "empty", `system:serviceaccount:${world.namespace}:default`);
      assert.equal(await world.get("ConfigMap", "a"), undefined);
    },
  },
  {
    name: "a tenant writes what its account may, and nothing in another namespace",
    settings: lockdown,
    async run(world) {
      const other = await otherNamespace(world);
      await makeAdmin(world, world.namespace, "default");
      const good = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app");
      await world.ready("app", good);
      const stolen = configMap(world, "stolen", "1").replace(world.namespace, other);
      await world.push({ "a.yaml": configMap(world, "a", "2"), "b.yaml": stolen });
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(object), new RegExp(`ConfigMap/${other}/stolen dry-run failed \\(Forbidden\\)`));
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "1");
    },
  },
  {
    name: "what one account could apply is no proof that another could",
    async run(world) {
      await makeAdmin(world, world.namespace, "default");
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1"), "b.yaml": configMap(world, "b", "1") });
      await world.create("app", { serviceAccountName: "default" });
      await world.ready("app", revision);
      await world.change("app", { serviceAccountName: "nobody" });
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(object), /dry-run failed \(Forbidden\): .*system:serviceaccount:.*:nobody/);
    },
  },
  {
    name: "what the server refused is not in the inventory, and a commit without it heals",
    settings: lockdown,
    async run(world) {
      const other = await otherNamespace(world);
      await makeAdmin(world, world.namespace, "default");
      const files = { "a.yaml": configMap(world, "a", "1") };
      const first = await world.push(files);
      await world.create("app");
      await world.ready("app", first);
      // Alone it is sent without a dry-run, after the inventory was widened.
      await world.push({ ...files, "b.yaml": configMap(world, "stolen", "1").replace(world.namespace, other) });
      const failed = await world.failed("app", "ReconciliationFailed");
      assert.deepEqual(idsOf(failed), [`${world.namespace}_a__ConfigMap`]);
      const healed = await world.push({ "a.yaml": configMap(world, "a", "2") });
      assert.deepEqual(idsOf(await world.ready("app", healed)), [`${world.namespace}_a__ConfigMap`]);
    },
  },
  {
    name: "an account that is given too much by its owner alone cannot be used from another namespace to prune there",
    settings: lockdown,
    async run(world) {
      const other = await otherNamespace(world);
      await makeAdmin(world, world.namespace, "default");
      await world.kube.create(plainConfigMap(other, "victim"));
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1"), "b.yaml": configMap(world, "b", "1") });
      await world.create("app");
      await world.ready("app", revision);
      // A tenant who may write the status claims what is not theirs.
      const entries = [
        { id: `${world.namespace}_a__ConfigMap`, v: "v1" },
        { id: `${world.namespace}_b__ConfigMap`, v: "v1" },
        { id: `${other}_victim__ConfigMap`, v: "v1" },
      ];
      const ref = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: world.namespace };
      await world.kube.patch(
        { ...ref, name: "app" },
        "merge",
        { status: { inventory: { entries } } },
        { subresource: "status" },
      );
      await world.push({ "a.yaml": configMap(world, "a", "2"), "b.yaml": configMap(world, "b", "1") });
      await world.untilObject({ group: "", kind: "ConfigMap" }, "a", (object) => valueOf(object) === "2");
      await world.idle();
      const victim = await world.kube.get({ group: "", kind: "ConfigMap", namespace: other, name: "victim" });
      assert.equal(victim.metadata.deletionTimestamp, undefined);
    },
  },
  {
    name: "names that are paths lead to no Secret of another namespace",
    settings: lockdown,
    async run(world) {
      const other = await otherNamespace(world);
      await makeAdmin(world, world.namespace, "default");
      await world.kube.create({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "token", namespace: other },
        stringData: { stolen: "the-other-tenants-token" },
      });
      await world.push({ "a.yaml": configMap(world, "a", "${stolen}") });
      const names = [`../../${other}/secrets/token`, `${other}/token`, `..%2f..%2f${other}%2fsecrets%2ftoken`, "."];
      for (const [index, name] of names.entries()) {
        await world.create(`app-${index}`, { postBuild: { substituteFrom: [{ kind: "Secret", name }] } });
        const object = await world.failed(`app-${index}`, "BuildFailed");
        assert.doesNotMatch(JSON.stringify(object.status), /the-other-tenants-token/);
      }
      assert.equal(await world.get("ConfigMap", "a"), undefined);
    },
  },
  {
    name: "a health check tells nothing of what the account may not read",
    settings: lockdown,
    async run(world) {
      const other = await otherNamespace(world);
      await makeAdmin(world, world.namespace, "default");
      await world.kube.create({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "token", namespace: other },
        stringData: { password: "hunter2" },
      });
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      const check = (name: string): Parameters<World["create"]>[1] => ({
        timeout: "2s",
        healthChecks: [{ apiVersion: "v1", kind: "Secret", name, namespace: other }],
        healthCheckExprs: [{ apiVersion: "v1", kind: "Secret", current: "data.password.startsWith('aHVu')" }],
      });
      const said: string[] = [];
      for (const name of ["token", "gone"]) {
        await world.create(name, check(name));
        const object = await world.failed(name, "HealthCheckFailed");
        said.push(
          messageOf(object)
            .replaceAll(name, "*")
            .replace(/after \S+:/, "after <time>:"),
        );
      }
      assert.match(said[0] ?? "", /forbidden/i);
      assert.equal(said[1], said[0]);
    },
  },
  {
    name: "a kubeconfig starts no program, reads no file, and trusts no certificate that it should not",
    settings: lockdown,
    async run(world) {
      const { kube, namespace } = world;
      const folder = mkdtempSync(join(tmpdir(), "eddy-tenant-"));
      const marker = join(folder, "started");
      try {
        await world.push({ "a.yaml": configMap(world, "a", "1") });
        const exec = `exec: { apiVersion: client.authentication.k8s.io/v1, command: touch, args: [${JSON.stringify(marker)}], interactiveMode: Never }`;
        const users: Record<string, string> = {
          exec,
          "a-file": `tokenFile: /proc/self/environ`,
          "a-key": `client-key: /etc/hostname`,
        };
        const cases = Object.entries(users).map(([name, user]) => [name, kubeconfigOf(world, "", user)] as const);
        for (const [name, value] of [
          ...cases,
          ["insecure", kubeconfigOf(world, "insecure-skip-tls-verify: true", "token: x")] as const,
        ]) {
          await kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData: { value } });
          await world.create(name, { kubeConfig: { secretRef: { name } } });
          await world.until(name, isFailed);
        }
        assert.equal(existsSync(marker), false);
        assert.equal(await world.get("ConfigMap", "a"), undefined);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
  {
    name: "a dependency on itself, or on nothing, is named, and holds nobody else",
    settings: {},
    async run(world) {
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("self", { dependsOn: [{ name: "self" }] });
      await world.create("missing", { dependsOn: [{ name: "nobody" }] });
      await world.create("app");
      assert.match(messageOf(await world.failed("self", "DependencyNotReady")), /dependency '.*\/self' is not ready/);
      assert.match(messageOf(await world.failed("missing", "DependencyNotReady")), /dependency '.*\/nobody' not found/);
      await world.ready("app", revision);
    },
  },
];

function isFailed(object: KubeObject): boolean {
  const status = object["status"] as { conditions?: Parameters<typeof findCondition>[0] } | undefined;
  return findCondition(status?.conditions, "Ready")?.status === "False";
}

function idsOf({ status }: Kustomization): string[] {
  return status?.inventory?.entries.map(({ id }) => id) ?? [];
}

async function deniedAs(world: World, name: string, user: string): Promise<void> {
  const object = await world.failed(name, "ReconciliationFailed");
  assert.match(messageOf(object), /dry-run failed \(Forbidden\)/);
  assert.ok(messageOf(object).includes(`"${user}"`), messageOf(object));
  assert.equal(await world.get("ConfigMap", "a"), undefined);
}

async function otherNamespace({ kube, namespace }: World): Promise<string> {
  const name = `${namespace}-other`;
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return name;
}

function plainConfigMap(namespace: string, name: string): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { key: "1" } };
}

function kubeconfigOf({ kube }: World, cluster: string, user: string): string {
  return `apiVersion: v1
kind: Config
current-context: a
contexts: [{ name: a, context: { cluster: a, user: a } }]
clusters: [{ name: a, cluster: { server: ${JSON.stringify(kube.server)}${cluster === "" ? "" : `, ${cluster}`} } }]
users: [{ name: a, user: { ${user} } }]
`;
}
