import assert from "node:assert/strict";
import { helmGroup, type HelmRelease } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { parseKubeconfig, resolveContext } from "@eddy/kube";
import {
  chartOf,
  conditionsOf,
  configMapTemplate,
  dataOf,
  deploymentTemplate,
  eventsOf,
  messageOf,
  testTemplate,
  type Scenario,
} from "./scenario.ts";
import type { World } from "./world.ts";

const deployments = { group: "apps", kind: "Deployment" };

async function setDeploymentStatus(world: World, name: string, status: object): Promise<void> {
  const ref = { ...deployments, version: "v1", namespace: world.namespace, name };
  await world.kube.patch(ref, "merge", { status } as never, { subresource: "status", fieldManager: "workloads" });
}

const available = (generation: number): object => ({
  observedGeneration: generation,
  replicas: 1,
  readyReplicas: 1,
  updatedReplicas: 1,
  availableReplicas: 1,
  conditions: [
    { type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "" },
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message: "" },
  ],
});

/** Sources, values, waits, tests, targets, the end of a release, and processes that are killed. */
export const lifecycleScenarios: readonly Scenario[] = [
  {
    name: "a chart that is not there yet is waited for, and one that cannot be fetched is named",
    async run(world) {
      await world.create("web");
      const waiting = await world.failed("web", "SourceNotReady");
      const chart = `${world.namespace}/${world.namespace}-web`;
      assert.equal(
        messageOf(waiting),
        `HelmChart '${chart}' is not ready: latest generation of object has not been reconciled`,
      );
      assert.notEqual(waiting.status?.observedGeneration, waiting.metadata.generation);
      await world.push(chartOf("1.0.0"));
      await world.ready("web", "1.0.0");
    },
  },
  {
    name: "the HelmChart follows the template, and goes when a reference takes its place",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      const name = `${world.namespace}-web`;
      const group = "source.toolkit.fluxcd.io";
      const made = (await world.get("HelmChart", name, group)) as KubeObject;
      assert.deepEqual(made["spec"], {
        chart: "app",
        interval: "1h",
        reconcileStrategy: "ChartVersion",
        sourceRef: { kind: "HelmRepository", name: "charts" },
        version: "*",
      });
      assert.deepEqual(made.metadata.labels, {
        "helm.toolkit.fluxcd.io/name": "web",
        "helm.toolkit.fluxcd.io/namespace": world.namespace,
      });
      const spec = { chart: "app", version: "1.x", sourceRef: { kind: "HelmRepository", name: "charts" } };
      await world.change("web", { chart: { spec } });
      await world.untilObject({ group, kind: "HelmChart", name }, (object) =>
        JSON.stringify(object).includes('"version":"1.x"'),
      );
      const digest = "a".repeat(64);
      await world.sources.publish("charts", chartOf("1.2.0"), `1.2.0@sha256:${digest}`);
      await world.change("web", { chart: null, chartRef: { kind: "OCIRepository", name: "charts" } });
      const { status } = await world.ready("web", "1.2.0+aaaaaaaaaaaa");
      assert.equal(status?.helmChart, undefined);
      assert.equal(status?.lastAttemptedRevisionDigest, `sha256:${digest}`);
      assert.equal(status?.history?.[0]?.ociDigest, `sha256:${digest}`);
      assert.equal(await world.get("HelmChart", name, group), undefined);
      assert.equal(dataOf(await world.get("ConfigMap", "web-config"), "version"), "1.2.0+aaaaaaaaaaaa");
    },
  },
  {
    name: "values come from everywhere, and a change of a Secret is an upgrade",
    async run(world) {
      const { kube, namespace } = world;
      const secret = (key: string): KubeObject => ({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "values", namespace },
        stringData: { "values.yaml": `key: ${key}\n` },
      });
      await world.push(chartOf("1.0.0"));
      const valuesFrom = [
        { kind: "ConfigMap" as const, name: "gone", optional: true },
        { kind: "Secret" as const, name: "values" },
      ];
      await world.create("web", { valuesFrom });
      const failed = await world.failed("web", "ValuesError");
      assert.equal(
        messageOf(failed),
        `could not resolve Secret chart values reference '${namespace}/values' with key 'values.yaml': secrets "values" not found`,
      );
      await kube.create(secret("first-secret"));
      await world.ready("web");
      assert.equal(dataOf(await world.get("ConfigMap", "web-config")), "first-secret");
      await kube.apply(secret("second-secret"), { fieldManager: "suite", force: true });
      await world.until("web", ({ status }) => status?.history?.[0]?.version === 2);
      assert.equal(dataOf(await world.get("ConfigMap", "web-config")), "second-secret");
    },
  },
  {
    name: "a release waits for its Deployment, and a chart that cannot get ready is given up for a newer one",
    async run(world) {
      await world.push(chartOf("1.0.0", { "web.yaml": deploymentTemplate }));
      await world.create("web");
      await world.untilObject({ ...deployments, name: "web-web" }, (object) => object !== undefined);
      const working = await world.until("web", ({ status }) => status?.storageNamespace !== undefined);
      assert.ok(conditionsOf(working).includes("Reconciling=True Progressing"));
      await world.push(chartOf("1.1.0"));
      const { status } = await world.ready("web", "1.1.0");
      assert.deepEqual(
        status?.history?.map(({ version, status: state }) => [version, state]),
        [
          [2, "deployed"],
          [1, "superseded"],
        ],
      );
      const events = await eventsOf(world, "web");
      assert.ok(
        events.some((event) =>
          event.startsWith(
            "info HealthCheckCanceled Health checks canceled due to new reconciliation triggered by HelmChart/",
          ),
        ),
        events.join("\n"),
      );
    },
  },
  {
    name: "a Deployment that gets ready makes the release ready",
    async run(world) {
      await world.push(chartOf("1.0.0", { "web.yaml": deploymentTemplate }));
      await world.create("web");
      const made = await world.untilObject({ ...deployments, name: "web-web" }, (object) => object !== undefined);
      await setDeploymentStatus(world, "web-web", available(made?.metadata.generation ?? 1));
      await world.ready("web", "1.0.0");
    },
  },
  {
    name: "a Deployment that is not ready in time fails the release in upstream's words",
    async run(world) {
      await world.push(chartOf("1.0.0", { "web.yaml": deploymentTemplate }));
      await world.create("web", { timeout: "200ms" });
      const object = await world.stalled("web", "RetriesExceeded");
      assert.equal(
        messageOf(object),
        `Helm install failed for release ${world.namespace}/web with chart app@1.0.0: timeout waiting for: [Deployment/${world.namespace}/web-web status: 'InProgress']`,
      );
    },
  },
  {
    name: "tests run once after a release, and their failure counts",
    async run(world) {
      await world.push(chartOf("1.0.0", { "test.yaml": testTemplate("smoke") }));
      await world.create("web", { test: { enable: true } });
      const pod = { group: "", version: "v1", kind: "Pod", namespace: world.namespace, name: "web-smoke" };
      await world.untilObject({ group: "", kind: "Pod", name: "web-smoke" }, (object) => object !== undefined);
      const end = (phase: string): Promise<unknown> =>
        world.kube.patch(pod, "merge", { status: { phase } } as never, {
          subresource: "status",
          fieldManager: "kubelet",
        });
      await end("Succeeded");
      const { status } = await world.ready("web");
      assert.equal(status?.conditions?.find(({ type }) => type === "Ready")?.reason, "TestSucceeded");
      assert.equal(status?.history?.[0]?.testHooks?.["web-smoke"]?.phase, "Succeeded");
      assert.equal(
        messageOf({ status } as never),
        `Helm test succeeded for release ${world.namespace}/web.v1 with chart app@1.0.0: 1 test hook completed successfully`,
      );
      await world.idle();
      const before = world.tap.writes.length;
      await world.request("web");
      await world.idle();
      assert.deepEqual(world.tap.writes.slice(before), ["status HelmRelease web"]);
      await world.push(chartOf("1.1.0", { "test.yaml": testTemplate("smoke") }));
      await world.untilObject(
        { group: "", kind: "Pod", name: "web-smoke" },
        (object) => object !== undefined && (object["status"] as { phase?: string } | undefined)?.phase !== "Succeeded",
      );
      await end("Failed");
      const failed = await world.stalled("web", "RetriesExceeded");
      assert.ok(conditionsOf(failed).includes("Ready=False TestFailed"), conditionsOf(failed).join());
      assert.equal(failed.status?.upgradeFailures, 1);
    },
  },
  {
    name: "common metadata and post-renderers are laid over the objects, and a change of them is an upgrade",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      const patch = "- { op: replace, path: /data/key, value: patched }";
      const postRenderers = [{ kustomize: { patches: [{ patch, target: { kind: "ConfigMap" } }] } }];
      await world.create("web", { commonMetadata: { labels: { team: "a" } }, postRenderers });
      await world.ready("web");
      const first = await world.get("ConfigMap", "web-config");
      assert.deepEqual([dataOf(first), first?.metadata.labels?.["team"]], ["patched", "a"]);
      await world.change("web", { commonMetadata: { labels: { team: "b" } } });
      const { status } = await world.until("web", (object) => object.status?.history?.[0]?.version === 2);
      assert.equal((await world.get("ConfigMap", "web-config"))?.metadata.labels?.["team"], "b");
      assert.match(status?.observedCommonMetadataDigest ?? "", /^sha256:[0-9a-f]{64}$/);
      await world.change("web", { interval: "2h" });
      const later = await world.until(
        "web",
        ({ status: now, metadata }) => now?.observedGeneration === metadata.generation,
      );
      assert.equal(later.status?.history?.[0]?.version, 2);
    },
  },
  {
    name: "a dependency is waited for, by its kind, and a cycle is named",
    async run(world) {
      const { kube, namespace } = world;
      const ks = "kustomize.toolkit.fluxcd.io";
      await world.push(chartOf("1.0.0"));
      await world.create("web", { dependsOn: [{ name: "base" }, { kind: "Kustomization", name: "infra" }] });
      const waiting = await world.failed("web", "DependencyNotReady");
      assert.match(
        messageOf(waiting),
        new RegExp(`^unable to get '${namespace}/base' dependency: .*"base" not found$`),
      );
      await world.create("base", { dependsOn: [{ name: "web" }] });
      await world.until("base", (object) => messageOf(object).endsWith("is not ready: circular dependency web → base"));
      await world.change("base", { dependsOn: null });
      await world.ready("base");
      const infra = {
        apiVersion: `${ks}/v1`,
        kind: "Kustomization",
        metadata: { name: "infra", namespace },
        spec: { interval: "1h", prune: true, sourceRef: { kind: "GitRepository", name: "none" } },
      };
      await kube.create(infra);
      await world.until("web", (object) => messageOf(object) === `dependency '${namespace}/infra' is not ready`);
      const ready = {
        type: "Ready",
        status: "True",
        reason: "x",
        message: "",
        lastTransitionTime: "2026-01-01T00:00:00Z",
      };
      await kube.patch(
        { group: ks, version: "v1", kind: "Kustomization", namespace, name: "infra" },
        "merge",
        { status: { observedGeneration: 1, conditions: [ready] } } as never,
        { subresource: "status", fieldManager: "suite" },
      );
      await world.ready("web");
    },
  },
  {
    name: "an expression says when a dependency is ready, and a wrong one stalls",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("base");
      await world.create("web", { dependsOn: [{ name: "base", readyExpr: "dep.metadata.labels['ready'] == 'yes'" }] });
      await world.failed("web", "DependencyNotReady");
      const ref = { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", namespace: world.namespace, name: "base" };
      await world.kube.patch(ref, "merge", { metadata: { labels: { ready: "yes" } } });
      await world.ready("web");
      await world.create("wrong", { dependsOn: [{ name: "base", readyExpr: "dep.(" }] });
      await world.stalled("wrong", "InvalidCELExpression");
      await world.create("never", { dependsOn: [{ name: "wrong", readyExpr: "true" }] });
      await world.ready("never");
      await world.restart({ additiveDependencyCheck: true });
      await world.create("strict", { dependsOn: [{ name: "wrong", readyExpr: "true" }] });
      const strict = await world.failed("strict", "DependencyNotReady");
      assert.equal(messageOf(strict), `dependency '${world.namespace}/wrong' is not ready`);
    },
  },
  {
    name: "an ExternalArtifact is a chart where its gate is open",
    async run(world) {
      const { kube, namespace } = world;
      await world.create("web", { chartRef: { kind: "ExternalArtifact", name: "made" } });
      const denied = await world.stalled("web", "AccessDenied");
      const name = `ExternalArtifact/${namespace}/made`;
      assert.equal(messageOf(denied), `can't access '${name}', ExternalArtifact feature gate is disabled`);
      await world.restart({ allowExternalArtifact: true });
      await world.request("web");
      await world.failed("web", "ArtifactFailed");
      const metadata = { name: "made", namespace };
      await kube.create({ apiVersion: "source.toolkit.fluxcd.io/v1", kind: "ExternalArtifact", metadata, spec: {} });
      const waiting = await world.failed("web", "SourceNotReady");
      assert.equal(messageOf(waiting), `ExternalArtifact '${namespace}/made' is not ready: does not have an artifact`);
    },
  },
  {
    name: "a release that moves is uninstalled where it was",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      await world.change("web", { releaseName: "moved" });
      await world.until("web", ({ status }) => status?.history?.[0]?.name === "moved");
      assert.equal(await world.get("ConfigMap", "web-config"), undefined);
      assert.notEqual(await world.get("ConfigMap", "moved-config"), undefined);
      assert.equal(await world.storage.last("web"), undefined);
      await world.push({ ...chartOf("1.0.0"), name: "other" });
      const sourceRef = { kind: "HelmRepository", name: "charts" };
      await world.change("web", { chart: { spec: { chart: "other", sourceRef } } });
      const { status } = await world.until("web", (object) => object.status?.history?.[0]?.chartName === "other");
      assert.equal(status?.history?.[0]?.version, 1);
    },
  },
  {
    name: "a chart of another name upgrades in place when that is asked for",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.push({ ...chartOf("1.0.0"), name: "other" });
      await world.create("web", { upgrade: { chartNameChangeStrategy: "InPlaceUpdate" } });
      await world.ready("web");
      const sourceRef = { kind: "HelmRepository", name: "charts" };
      await world.change("web", { chart: { spec: { chart: "other", sourceRef } } });
      const { status } = await world.until("web", (object) => object.status?.history?.[0]?.chartName === "other");
      assert.equal(status?.history?.[0]?.version, 2);
    },
  },
  {
    name: "a deleted HelmRelease takes its objects, its releases and its HelmChart along",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      const group = "helm.toolkit.fluxcd.io";
      await world.kube.delete({ group, kind: "HelmRelease", namespace: world.namespace, name: "web" });
      await world.untilObject({ group, kind: "HelmRelease", name: "web" }, (object) => object === undefined);
      assert.equal(await world.get("ConfigMap", "web-config"), undefined);
      assert.equal(await world.storage.last("web"), undefined);
      assert.equal(await world.get("HelmChart", `${world.namespace}-web`, "source.toolkit.fluxcd.io"), undefined);
      const last = (await eventsOf(world, "web")).at(-1);
      assert.equal(last, "info UninstallSucceeded Helm uninstall succeeded for release web.v1 with chart app@1.0.0");
    },
  },
  {
    name: "a suspended HelmRelease is left alone, and leaves everything behind when it is deleted",
    async run(world) {
      await world.push(chartOf("1.0.0"));
      await world.create("web");
      await world.ready("web");
      await world.change("web", { suspend: true });
      await world.push(chartOf("1.1.0"));
      await world.idle();
      assert.equal((await world.storage.last("web"))?.version, 1);
      const group = "helm.toolkit.fluxcd.io";
      await world.kube.delete({ group, kind: "HelmRelease", namespace: world.namespace, name: "web" });
      await world.untilObject({ group, kind: "HelmRelease", name: "web" }, (object) => object === undefined);
      assert.notEqual(await world.get("ConfigMap", "web-config"), undefined);
      assert.notEqual(await world.storage.last("web"), undefined);
    },
  },
  {
    name: "a release that a killed process left half done heals",
    async run(world) {
      await world.push(chartOf("1.0.0", { "second.yaml": configMapTemplate.replace("-config", "-second") }));
      for (let writes = 1; writes <= 9; writes++) {
        const name = `web${writes}`;
        world.tap.killAfter(writes);
        await world.create(name);
        await Promise.race([
          world.until(name, ({ status }) => status?.history !== undefined),
          new Promise<void>((resolve) => setTimeout(resolve, 150)),
        ]);
        await world.restart();
        await world.ready(name, "1.0.0");
        assert.notEqual(await world.get("ConfigMap", `${name}-second`), undefined);
      }
    },
  },
  {
    name: "a release that a killed process installed, and recorded nowhere, goes with its HelmRelease",
    async run(world) {
      const { kube, namespace } = world;
      await world.push(chartOf("1.0.0"));
      let unrecorded = 0;
      for (let writes = 2; writes <= 7; writes++) {
        const name = `web${writes}`;
        world.tap.killAfter(writes);
        await world.create(name);
        const recorded = world.until(name, (object) => object.status?.history !== undefined);
        await Promise.race([world.tap.untilCut(), recorded]);
        const key = { group: helmGroup, kind: "HelmRelease", name };
        await kube.delete({ ...key, namespace });
        const { status } = (await world.get(key.kind, name, key.group)) as HelmRelease;
        const stored = await world.get("Secret", `sh.helm.release.v1.${name}.v1`);
        if (stored && !status?.history) unrecorded++;
        await world.restart();
        await world.untilObject(key, (object) => object === undefined);
        assert.equal(await world.get("ConfigMap", `${name}-config`), undefined);
        assert.equal(await world.get("Secret", `sh.helm.release.v1.${name}.v1`), undefined);
      }
      assert.ok(unrecorded > 0);
    },
  },
  {
    name: "a service account without rights is refused by the server, and says so",
    async run(world) {
      const { kube, namespace } = world;
      await kube.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "tenant", namespace } });
      await world.push(chartOf("1.0.0"));
      await world.create("web", { serviceAccountName: "tenant" });
      const object = await world.until("web", ({ status }) => (status?.conditions?.length ?? 0) > 1);
      const failed = await world.until(
        "web",
        (now) =>
          messageOf(now).includes(`system:serviceaccount:${namespace}:tenant`) || messageOf(now).includes("forbidden"),
      );
      assert.match(messageOf(failed), /forbidden/);
      assert.notEqual(object.status?.conditions, undefined);
      const subjects = [{ kind: "ServiceAccount", name: "tenant", namespace }];
      const rbac = "rbac.authorization.k8s.io";
      await kube.create({
        apiVersion: `${rbac}/v1`,
        kind: "Role",
        metadata: { name: "tenant", namespace },
        rules: [{ apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["*"] }],
      });
      await kube.create({
        apiVersion: `${rbac}/v1`,
        kind: "RoleBinding",
        metadata: { name: "tenant", namespace },
        roleRef: { apiGroup: rbac, kind: "Role", name: "tenant" },
        subjects,
      });
      await world.request("web", "reset");
      await world.ready("web");
    },
  },
  {
    name: "under lockdown a chart of another namespace is out of reach",
    async run(world) {
      await world.restart({ noCrossNamespaceRefs: true });
      await world.create("web", { chartRef: { kind: "HelmChart", name: "chart", namespace: "elsewhere" } });
      const object = await world.stalled("web", "AccessDenied");
      assert.equal(
        messageOf(object),
        "can't access 'HelmChart/elsewhere/chart', cross-namespace references have been blocked",
      );
    },
  },
  {
    name: "another cluster is reached by the kubeconfig of a Secret",
    async run(world) {
      const { kube, namespace } = world;
      await world.push(chartOf("1.0.0"));
      await world.create("web", { kubeConfig: { secretRef: { name: "remote" } } });
      const failed = await world.failed("web", "RESTClientError");
      assert.match(messageOf(failed), /^could not get KubeConfig secret '.*\/remote': secrets "remote" not found$/);
      await kube.create({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "remote", namespace },
        stringData: { value: world.kubeconfig },
      });
      await world.ready("web");
      assert.notEqual(await world.storage.last("web"), undefined);
    },
  },
  {
    name: "another cluster that a ConfigMap describes is reached with a ServiceAccount's token, and only as far as that may",
    async run(world) {
      const { kube, namespace } = world;
      const { cluster } = resolveContext(parseKubeconfig(world.kubeconfig));
      const data = {
        provider: "generic",
        address: cluster.server,
        "ca.crt": cluster.caData ?? "",
        serviceAccountName: "deployer",
        audiences: "https://kubernetes.default.svc.cluster.local\n",
      };
      await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cluster", namespace }, data });
      await kube.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer", namespace } });
      await world.push(chartOf("1.0.0"));
      await world.create("web", { kubeConfig: { configMapRef: { name: "cluster" } } });
      const refused = new RegExp(`User "system:serviceaccount:${namespace}:deployer" cannot list`);
      await world.until("web", (now) => refused.test(messageOf(now)));
    },
  },
];
