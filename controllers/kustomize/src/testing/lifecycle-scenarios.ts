import assert from "node:assert/strict";
import { systemClock } from "@eddy/core/clock";
import { parseKubeconfig, resolveContext } from "@eddy/kube";
import { castVote } from "@eddy/runtime/approval";
import { configMap, deployment, eventsOf, makeReady, messageOf, valueOf, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const configMaps = { group: "", kind: "ConfigMap" };
const kustomizations = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization" };

function edit(world: World, name: string, value: string): Promise<unknown> {
  return world.kube.patch(
    { ...configMaps, namespace: world.namespace, name },
    "merge",
    { data: { key: value } },
    { fieldManager: "kubectl-edit" },
  );
}

/** What goes, what comes back, what waits for what, and what survives. */
export const lifecycleScenarios: readonly Scenario[] = [
  {
    name: "what leaves Git leaves the cluster, unless it is kept",
    async run(world) {
      const kept = configMap(world, "kept", "1", "annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }");
      const first = await world.push({
        "a.yaml": configMap(world, "a", "1"),
        "b.yaml": configMap(world, "b", "1"),
        "kept.yaml": kept,
      });
      await world.create("app");
      await world.ready("app", first);
      const second = await world.push({ "a.yaml": configMap(world, "a", "1") });
      const { status } = await world.ready("app", second);
      assert.equal(await world.get("ConfigMap", "b"), undefined);
      assert.equal(valueOf(await world.get("ConfigMap", "kept")), "1");
      assert.deepEqual(
        status?.inventory?.entries.map(({ id }) => id),
        [`${world.namespace}_a__ConfigMap`],
      );
      assert.ok(
        (await eventsOf(world, "app")).includes("info Progressing ConfigMap/kept skipped\nConfigMap/b deleted"),
      );
    },
  },
  {
    name: "a change waits for the votes that eddy.sh/approvals asks for; what was applied before needs none",
    async run(world) {
      const { kube, namespace } = world;
      const app = { ...kustomizations, namespace, name: "app" };
      const first = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app");
      await world.ready("app", first);
      await kube.patch(app, "merge", { metadata: { annotations: { "eddy.sh/approvals": "1" } } });
      await world.ready("app", first);
      const second = await world.push({ "a.yaml": configMap(world, "a", "2") });
      const waiting = await world.failed("app", "ApprovalRequired");
      const [, name = ""] = /approval\/([a-z0-9-]+)/.exec(messageOf(waiting)) ?? [];
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "1");
      const ballot = { voter: "jane", groups: ["system:masters"], choice: "approve" as const, via: "test" };
      await castVote({ namespace, name }, ballot, { kube, clock: systemClock });
      await world.request("app");
      await world.ready("app", second);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "2");
      await world.request("app");
      await world.ready("app", second);
    },
  },
  {
    name: "what another Kustomization owns is not pruned",
    async run(world) {
      const first = await world.push({
        "a/a.yaml": configMap(world, "moved", "1"),
        "a/rest.yaml": configMap(world, "rest", "1"),
        "b/rest.yaml": configMap(world, "other", "1"),
      });
      await world.create("a", { path: "./a" });
      await world.create("b", { path: "./b" });
      await Promise.all([world.ready("a", first), world.ready("b", first)]);
      await world.change("a", { suspend: true });
      const second = await world.push({
        "a/rest.yaml": configMap(world, "rest", "1"),
        "b/a.yaml": configMap(world, "moved", "2"),
        "b/rest.yaml": configMap(world, "other", "1"),
      });
      await world.ready("b", second);
      await world.change("a", { suspend: false });
      await world.ready("a", second);
      assert.equal(valueOf(await world.get("ConfigMap", "moved")), "2");
    },
  },
  {
    name: "a path that vanished and a build that is empty prune nothing, and say why",
    async run(world) {
      const first = await world.push({ "app/a.yaml": configMap(world, "a", "1") });
      await world.create("app", { path: "./app" });
      await world.ready("app", first);
      await world.push({ "renamed/a.yaml": configMap(world, "a", "1") });
      assert.match(
        messageOf(await world.failed("app", "ArtifactFailed")),
        /^kustomization path not found: stat app: no such file or directory/,
      );
      await world.push({ "app/kustomization.yaml": "resources: []\n" });
      const object = await world.until(
        "app",
        ({ status }) =>
          status?.conditions?.some(
            ({ reason, message }) => reason !== "ArtifactFailed" && message.includes("no objects"),
          ) === true || status?.conditions?.some(({ reason }) => reason === "BuildFailed") === true,
      );
      assert.match(messageOf(object), /no objects|kustomization\.yaml is empty/);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "1");
      assert.equal(object.status?.inventory?.entries.length, 1);
    },
  },
  {
    name: "a file that is no YAML fails its Kustomization, names the file, and touches no other",
    async run(world) {
      const revision = await world.push({
        "bad/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n",
        "good/b.yaml": configMap(world, "b", "1"),
      });
      await world.create("bad", { path: "./bad" });
      await world.create("good", { path: "./good" });
      const object = await world.failed("bad", "BuildFailed");
      assert.match(messageOf(object), /a\.yaml/);
      await world.ready("good", revision);
    },
  },
  {
    name: "a hand's edit and a hand's deletion are put back at once, and what is not ours is left",
    async run(world) {
      const revision = await world.push({
        "a.yaml": configMap(world, "a", "git"),
        "b.yaml": configMap(world, "b", "git"),
      });
      await world.create("app");
      await world.ready("app", revision);
      await world.request("app");
      await edit(world, "a", "hand");
      await world.untilObject(configMaps, "a", (object) => valueOf(object) === "git");
      const before = await world.get("ConfigMap", "b");
      await world.kube.delete({ ...configMaps, namespace: world.namespace, name: "b" });
      await world.untilObject(
        configMaps,
        "b",
        (object) => object !== undefined && object.metadata.uid !== before?.metadata.uid,
      );
      await world.kube.patch(
        { ...configMaps, namespace: world.namespace, name: "a" },
        "merge",
        { metadata: { labels: { mine: "yes" } } },
        { fieldManager: "me" },
      );
      await world.request("app");
      assert.equal((await world.get("ConfigMap", "a"))?.metadata.labels?.["mine"], "yes");
    },
  },
  {
    name: "two owners of one object do not write all the time",
    async run(world) {
      const revision = await world.push({
        "a/a.yaml": configMap(world, "shared", "a"),
        "b/a.yaml": configMap(world, "shared", "b"),
      });
      await world.create("a", { path: "./a" });
      await world.ready("a", revision);
      await world.create("b", { path: "./b" });
      await world.ready("b", revision);
      await Promise.all([world.request("a"), world.request("b")]);
      await world.idle();
      const applies = world.writes.filter((write) => write === "apply ConfigMap shared").length;
      assert.ok(applies <= 8, `${applies} writes`);
    },
  },
  {
    name: "a dependant waits for its dependency, and runs the moment that is ready",
    async run(world) {
      const revision = await world.push({
        "base/a.yaml": configMap(world, "base", "1"),
        "app/a.yaml": configMap(world, "app", "1"),
      });
      await world.create("app", { path: "./app", dependsOn: [{ name: "base" }] });
      const waiting = await world.failed("app", "DependencyNotReady");
      assert.match(messageOf(waiting), new RegExp(`^dependency '${world.namespace}/base' not found: `));
      assert.ok(
        (await eventsOf(world, "app")).includes(
          "info DependencyNotReady Dependencies do not meet ready condition, retrying in 30s",
        ),
      );
      await world.create("base", { path: "./base" });
      await world.ready("app", revision);
      const next = await world.push({
        "base/a.yaml": configMap(world, "base", "2"),
        "app/a.yaml": configMap(world, "app", "2"),
      });
      await world.ready("app", next);
      const order = world.writes.filter((write) => write.startsWith("apply ConfigMap")).slice(-2);
      assert.deepEqual(order, ["apply ConfigMap base", "apply ConfigMap app"]);
    },
  },
  {
    name: "expressions decide what is ready and what is healthy, and a wrong one stalls",
    async run(world) {
      const revision = await world.push({
        "a/a.yaml": configMap(world, "a", "go"),
        "b/b.yaml": configMap(world, "b", "1"),
      });
      await world.create("base", {
        path: "./a",
        healthChecks: [{ apiVersion: "v1", kind: "ConfigMap", name: "a", namespace: world.namespace }],
        healthCheckExprs: [{ apiVersion: "v1", kind: "ConfigMap", current: "data.key == 'go'" }],
      });
      await world.create("app", {
        path: "./b",
        dependsOn: [{ name: "base", readyExpr: "dep.metadata.?labels.?ready.orValue('no') == 'yes'" }],
      });
      await world.ready("base", revision);
      const waiting = await world.failed("app", "DependencyNotReady");
      assert.equal(messageOf(waiting), `dependency '${world.namespace}/base' is not ready according to readyExpr eval`);
      await world.kube.patch({ ...kustomizations, namespace: world.namespace, name: "base" }, "merge", {
        metadata: { labels: { ready: "yes" } },
      });
      await world.request("base");
      await world.ready("app", revision);
      await world.create("never", { path: "./none" });
      await world.failed("never", "ArtifactFailed");
      await world.restart({ additiveDependencyCheck: true });
      await world.create("strict", { path: "./b", dependsOn: [{ name: "never", readyExpr: "true" }] });
      const strict = await world.failed("strict", "DependencyNotReady");
      assert.equal(messageOf(strict), `dependency '${world.namespace}/never' is not ready`);
      await world.change("app", {
        healthCheckExprs: [{ apiVersion: "v1", kind: "ConfigMap", current: "data.key ==" }],
      });
      const stalled = await world.failed("app", "InvalidCELExpression");
      assert.match(messageOf(stalled, "Stalled"), /^Reconciliation failed terminally due to configuration error: /);
    },
  },
  {
    name: "dependencies in a circle are named",
    async run(world) {
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("one", { dependsOn: [{ name: "two" }] });
      await world.create("two", { dependsOn: [{ name: "one" }] });
      await world.until("two", (object) => messageOf(object).includes("circular dependency"));
      await world.until("one", (object) =>
        /is not ready: circular dependency two → one|not found/.test(messageOf(object)),
      );
    },
  },
  {
    name: "a source that is not there yet is waited for",
    async run(world) {
      await world.create("app");
      const object = await world.failed("app", "ArtifactFailed");
      assert.match(messageOf(object), /^GitRepository.source.toolkit.fluxcd.io "app" not found$/);
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.ready("app", revision);
    },
  },
  {
    name: "health is waited for without polling, and a new revision cancels the wait",
    async run(world) {
      await world.push({ "a.yaml": deployment(world, "web"), "b.yaml": configMap(world, "b", "1") });
      await world.create("app", { wait: true, timeout: "1m" });
      await world.untilObject({ group: "apps", kind: "Deployment" }, "web", (object) => object !== undefined);
      const second = await world.push({ "a.yaml": deployment(world, "web"), "b.yaml": configMap(world, "b", "2") });
      await world.untilObject(configMaps, "b", (object) => valueOf(object) === "2");
      await makeReady(world, "web");
      const { status } = await world.ready("app", second);
      const healthy = status?.conditions?.find(({ type }) => type === "Healthy");
      assert.deepEqual([healthy?.status, healthy?.reason], ["True", "Succeeded"]);
      assert.match(healthy?.message ?? "", /^Health check passed in /);
      assert.ok(
        (await eventsOf(world, "app")).includes(
          `info HealthCheckCanceled Health checks canceled due to new reconciliation triggered by GitRepository/app`,
        ),
      );
    },
  },
  {
    name: "health that does not come in time is a failure that names the object",
    async run(world) {
      await world.push({ "a.yaml": deployment(world, "web") });
      await world.create("app", { wait: true, timeout: "1s" });
      const object = await world.failed("app", "HealthCheckFailed");
      const text = `timeout waiting for: [Deployment/${world.namespace}/web status: 'InProgress']`;
      assert.equal(messageOf(object, "Healthy"), text);
      const [, seconds] = /^health check failed after ([0-9.]+)s: (.*)$/.exec(messageOf(object)) ?? [];
      assert.ok(Number(seconds) >= 1, messageOf(object));
      assert.ok(messageOf(object).endsWith(`: ${text}`));
      const events = (await eventsOf(world, "app")).join("\n");
      assert.match(events, /^error HealthCheckFailed health check failed after [0-9.]+s: timeout waiting for: /m);
    },
  },
  {
    name: "who applies a Kustomization waits until that has attempted the same push",
    async run(world) {
      const child = (spec: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: child, namespace: ${world.namespace} }
spec: { interval: 1h, prune: true, path: ./child, sourceRef: { kind: GitRepository, name: app }, ${spec} }
`;
      const files = { "root/child.yaml": child("wait: true, timeout: 1m"), "child/a.yaml": configMap(world, "a", "1") };
      const first = await world.push(files);
      await world.create("root", { path: "./root", wait: true, timeout: "1m" });
      await world.ready("root", first);
      const second = await world.push({ ...files, "child/b.yaml": deployment(world, "web") });
      await world.until("child", (object) =>
        messageOf(object, "Reconciling").includes(`health checks for revision ${second}`),
      );
      assert.equal((await world.until("root", () => true)).status?.lastAppliedRevision, first);
      await makeReady(world, "web");
      await world.ready("root", second);

      await world.change("child", { suspend: true });
      const { "root/child.yaml": _managed, ...rest } = files;
      const third = await world.push({ ...rest, "root/child.yaml": child("suspend: true") });
      await world.ready("root", third);
    },
  },
  {
    name: "Healthy is of the generation that was looked at, and keeps its words",
    async run(world) {
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { wait: true });
      const told = messageOf(await world.ready("app", revision), "Healthy");
      await world.change("app", { interval: "2h" });
      const { metadata, status } = await world.until("app", (object) => object.status?.observedGeneration === 2);
      const healthy = status?.conditions?.find(({ type }) => type === "Healthy");
      assert.deepEqual([healthy?.observedGeneration, healthy?.message], [metadata.generation, told]);
    },
  },
  {
    name: "an expression decides of a kind that has no status by itself, too",
    async run(world) {
      const first = await world.push({ "a.yaml": configMap(world, "a", "1") });
      const check = { apiVersion: "v1", kind: "ConfigMap", current: "data.key == '2'", failed: "data.key == '1'" };
      await world.create("app", { wait: true, healthCheckExprs: [check] });
      assert.match(messageOf(await world.failed("app", "HealthCheckFailed")), /ConfigMap\/.*\/a status: 'Failed'\]$/);
      const second = await world.push({ "a.yaml": configMap(world, "a", "2") });
      const { status } = await world.ready("app", second);
      assert.notEqual(status?.lastAppliedRevision, first);
    },
  },
  {
    name: "variables that cannot be had are told of the first object that they are for",
    async run(world) {
      await world.push({ "a.yaml": configMap(world, "a", "${color}") });
      await world.create("app", { postBuild: { substituteFrom: [{ kind: "Secret", name: "gone" }] } });
      assert.equal(
        messageOf(await world.failed("app", "BuildFailed")),
        `post build failed for 'ConfigMap.v1.[noGrp]/a': substitute from 'Secret/gone' error: secrets "gone" not found`,
      );
      // What was rendered before there were variables is no answer once there are some.
      await world.change("app", { postBuild: { substitute: { color: "red" }, substituteFrom: [] } });
      await world.until("app", ({ status }) => status?.lastAppliedRevision !== undefined);
      await world.change("app", { postBuild: { substituteFrom: [{ kind: "Secret", name: "gone" }] } });
      await world.failed("app", "BuildFailed");
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "red");
    },
  },
  {
    name: "variables come from the cluster, and a change of theirs is a pass",
    async run(world) {
      const { kube, namespace } = world;
      await kube.create({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "vars", namespace },
        data: { color: "red" },
      });
      const revision = await world.push({ "a.yaml": configMap(world, "a", "${color}-${size}") });
      await world.create("app", {
        postBuild: { substitute: { size: "big" }, substituteFrom: [{ kind: "ConfigMap", name: "vars" }] },
      });
      await world.ready("app", revision);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "red-big");
      await kube.patch({ ...configMaps, namespace, name: "vars" }, "merge", { data: { color: "blue" } });
      await world.untilObject(configMaps, "a", (object) => valueOf(object) === "blue-big");
      await world.change("app", { postBuild: { substituteFrom: [] } });
      const object = await world.failed("app", "BuildFailed");
      assert.match(messageOf(object), /variable not set \(strict mode\)/);
    },
  },
  {
    name: "a suspended Kustomization does nothing, and its deletion deletes nothing",
    async run(world) {
      const first = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app");
      await world.ready("app", first);
      await world.change("app", { suspend: true });
      await world.push({ "a.yaml": configMap(world, "a", "2") });
      await world.idle();
      await world.kube.delete({ ...kustomizations, namespace: world.namespace, name: "app" });
      await world.untilObject(kustomizations, "app", (object) => object === undefined);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "1");
    },
  },
  {
    name: "a deleted Kustomization deletes what it owns, and Orphan does not",
    async run(world) {
      const revision = await world.push({
        "a/a.yaml": configMap(world, "a", "1"),
        "b/b.yaml": configMap(world, "b", "1"),
      });
      await world.create("a", { path: "./a", deletionPolicy: "WaitForTermination" });
      await world.create("b", { path: "./b", deletionPolicy: "Orphan" });
      await Promise.all([world.ready("a", revision), world.ready("b", revision)]);
      for (const name of ["a", "b"]) {
        await world.kube.delete({ ...kustomizations, namespace: world.namespace, name });
        await world.untilObject(kustomizations, name, (object) => object === undefined);
      }
      assert.equal(await world.get("ConfigMap", "a"), undefined);
      assert.equal(valueOf(await world.get("ConfigMap", "b")), "1");
      assert.ok((await eventsOf(world, "a")).includes("info ReconciliationSucceeded ConfigMap/a deleted"));
    },
  },
  {
    name: "a mass deletion is held until it is confirmed, and nothing is forgotten meanwhile",
    async run(world) {
      const names = Array.from({ length: 25 }, (_, index) => `c${index}`);
      const all = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(world, name, "1")]));
      await world.ready(
        "app",
        await world.push(all).then(async (revision) => {
          await world.create("app", { retryInterval: "1h" });
          return revision;
        }),
      );
      await world.push({ "new.yaml": configMap(world, "new", "1") });
      const held = await world.failed("app", "PruneFailed");
      assert.match(
        messageOf(held),
        /^prune held: 25 of 25 objects would be deleted, more than 50 percent: .*--confirm-prune$/,
      );
      assert.equal(held.status?.inventory?.entries.length, 26);
      assert.equal(valueOf(await world.get("ConfigMap", "new")), "1");
      assert.equal(valueOf(await world.get("ConfigMap", "c24")), "1");
      const ref = { group: kustomizations.group, kind: kustomizations.kind, namespace: world.namespace, name: "app" };
      const annotations = { "reconcile.fluxcd.io/requestedAt": "now", "eddy.sh/confirmPruneAt": "now" };
      await world.kube.patch(ref, "merge", { metadata: { annotations } });
      await world.until(
        "app",
        ({ status }) => status?.lastHandledReconcileAt === "now" && status.inventory?.entries.length === 1,
      );
      assert.equal(await world.get("ConfigMap", "c24"), undefined);
    },
  },
  {
    name: "a cluster that a ConfigMap describes is reached with a ServiceAccount's token, and only as far as that may",
    async run(world) {
      const { cluster } = resolveContext(parseKubeconfig(world.kubeconfig));
      const data = {
        provider: "generic",
        address: cluster.server,
        "ca.crt": cluster.caData ?? "",
        serviceAccountName: "deployer",
        audiences: "https://kubernetes.default.svc.cluster.local\n",
      };
      const { kube, namespace } = world;
      await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cluster", namespace }, data });
      await kube.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer", namespace } });
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { kubeConfig: { configMapRef: { name: "cluster" } }, retryInterval: "1h" });
      const denied = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(denied), new RegExp(`User "system:serviceaccount:${namespace}:deployer" cannot `));
      const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["*"] }];
      const rbac = { group: "rbac.authorization.k8s.io", version: "v1" };
      const apiVersion = `${rbac.group}/${rbac.version}`;
      await kube.create({ apiVersion, kind: "Role", metadata: { name: "deployer", namespace }, rules });
      await kube.create({
        apiVersion,
        kind: "RoleBinding",
        metadata: { name: "deployer", namespace },
        roleRef: { apiGroup: rbac.group, kind: "Role", name: "deployer" },
        subjects: [{ kind: "ServiceAccount", name: "deployer", namespace }],
      });
      await world.request("app");
      await world.ready("app", revision);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "1");
    },
  },
  {
    name: "values of a Secret are masked where a server quotes them, and not where they are names",
    async run(world) {
      const { namespace, kube } = world;
      const metadata = { name: "vars", namespace };
      const stringData = { APP: "webapp", PASSWORD: 'quo"ted secret 12345' };
      await kube.create({ apiVersion: "v1", kind: "Secret", metadata, stringData });
      const file = (label: string): Record<string, string> => ({
        "a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "\${APP}", namespace: ${namespace}, labels: { l: ${label} } }\n`,
      });
      const revision = await world.push(file("plain"));
      await world.create("app", { postBuild: { substituteFrom: [{ kind: "Secret", name: "vars" }] } });
      await world.ready("app", revision);
      const applied = `ConfigMap/${namespace}/webapp created`;
      assert.ok(world.events.some(({ message }) => message === applied));

      await world.push(file(`'\${PASSWORD}'`));
      const message = messageOf(await world.failed("app", "ReconciliationFailed"));
      assert.match(message, new RegExp(`^ConfigMap/${namespace}/webapp .*"\\*{5}"`));
      assert.ok(!message.includes("secret 12345"), message);
    },
  },
  {
    name: "an encrypted Secret is refused before anything is applied",
    async run(world) {
      await world.push({
        "a.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: ${world.namespace} }\ndata: { a: Yg== }\nsops: { mac: x }\n`,
        "b.yaml": configMap(world, "b", "1"),
      });
      await world.create("app");
      const object = await world.failed("app", "ReconciliationFailed");
      assert.equal(
        messageOf(object),
        `Secret/${world.namespace}/s is SOPS encrypted, configuring decryption is required for this secret to be reconciled`,
      );
      assert.equal(await world.get("ConfigMap", "b"), undefined);
    },
  },
  {
    name: "a process that starts again finds its state, and writes no object",
    async run(world) {
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app");
      await world.ready("app", revision);
      const before = await world.get("ConfigMap", "a");
      await world.restart();
      world.writes.length = 0;
      await world.request("app");
      assert.deepEqual(
        world.writes.filter((write) => write.startsWith("apply")),
        [],
      );
      assert.equal((await world.get("ConfigMap", "a"))?.metadata.resourceVersion, before?.metadata.resourceVersion);
    },
  },
  {
    name: "a process killed before any of its writes converges, and owns everything that it left",
    async run(world) {
      const all = {
        "a.yaml": configMap(world, "a", "1"),
        "b.yaml": configMap(world, "b", "1"),
        "c.yaml": configMap(world, "c", "1"),
      };
      await world.push(all);
      for (let writes = 0; writes < 8; writes++) {
        const name = `app-${writes}`;
        world.killAfter(writes);
        await world.create(name);
        await world.untilKilledOrReady(name);
        const left = (await Promise.all(["a", "b", "c"].map((object) => world.get("ConfigMap", object)))).filter(
          (object) => object?.metadata.labels?.["kustomize.toolkit.fluxcd.io/name"] === name,
        );
        const object = await world.until(name, () => true);
        const owned = new Set(object.status?.inventory?.entries.map(({ id }) => id));
        for (const { metadata } of left.filter((one) => one !== undefined)) {
          assert.ok(
            owned.has(`${world.namespace}_${metadata.name}__ConfigMap`),
            `${metadata.name} is forgotten after ${writes} writes`,
          );
        }
        await world.restart();
        const revision = await world.push(all);
        await world.ready(name, revision);
        await world.kube.delete({ ...kustomizations, namespace: world.namespace, name });
        await world.untilObject(kustomizations, name, (one) => one === undefined);
        assert.equal(await world.get("ConfigMap", "a"), undefined);
      }
    },
  },
];
