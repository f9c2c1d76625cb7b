import assert from "node:assert/strict";
import type { KubeObject } from "@eddy/core/object";
import { KubeApiError, KubeConnectionError } from "@eddy/kube";
import { configMap, deployment, eventsOf, messageOf, valueOf, type Scenario } from "./scenario.ts";

/** What is applied, what is not, and what the Kustomization says of it. */
export const applyScenarios: readonly Scenario[] = [
  {
    name: "an artifact is applied, inventoried, labelled and reported in upstream's words",
    async run(world) {
      const revision = await world.push({ "app/a.yaml": configMap(world, "a", "1") });
      await world.create("app", { path: "./app" });
      const { status, metadata } = await world.ready("app", revision);
      await world.idle();
      assert.deepEqual(status?.inventory?.entries, [{ id: `${world.namespace}_a__ConfigMap`, v: "v1" }]);
      assert.equal(status?.observedGeneration, metadata.generation);
      assert.equal(status?.lastAttemptedRevision, revision);
      assert.deepEqual(
        status?.conditions?.map(({ type, status, reason, message }) => [type, status, reason, message]),
        [["Ready", "True", "ReconciliationSucceeded", `Applied revision: ${revision}`]],
      );
      assert.equal(status?.history?.[0]?.lastReconciledStatus, "ReconciliationSucceeded");
      assert.equal(status?.history?.[0]?.metadata?.["revision"], revision);
      const object = await world.get("ConfigMap", "a");
      assert.deepEqual(object?.metadata.labels, {
        "kustomize.toolkit.fluxcd.io/name": "app",
        "kustomize.toolkit.fluxcd.io/namespace": world.namespace,
      });
      assert.deepEqual(
        object?.metadata.managedFields?.map(({ manager, operation }) => [manager, operation]),
        [["kustomize-controller", "Apply"]],
      );
      const [applied, finished] = await eventsOf(world, "app");
      assert.equal(applied, "info Progressing ConfigMap/a created");
      assert.match(
        finished ?? "",
        /^info ReconciliationSucceeded Reconciliation finished in [\d.]+(ms|s), next run in 1h0m0s$/,
      );
      const { "kustomize.toolkit.fluxcd.io/revision": said, ...rest } = world.events.at(-1)?.metadata ?? {};
      assert.deepEqual([said, rest], [revision, { "kustomize.toolkit.fluxcd.io/commit_status": "update" }]);
    },
  },
  {
    name: "a request with nothing to do costs one status write and nothing else",
    async run(world) {
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app");
      await world.ready("app", revision);
      const before = await world.get("ConfigMap", "a");
      // The first passes may come before the watch on what was applied has been read: they ask by dry-run.
      let total = 0;
      do {
        await world.idle();
        world.writes.length = 0;
        total = (await world.request("app")).status?.history?.[0]?.totalReconciliations ?? 0;
      } while (total < 20 && world.writes.some((write) => write.startsWith("dry-run")));
      assert.deepEqual(world.writes, ["status Kustomization app"]);
      assert.ok(total >= 2);
      assert.equal((await world.get("ConfigMap", "a"))?.metadata.resourceVersion, before?.metadata.resourceVersion);
    },
  },
  {
    name: "a commit changes only what it touches, and is acknowledged by those that it does not touch",
    async run(world) {
      const first = await world.push({
        "a/a.yaml": configMap(world, "a", "1"),
        "b/b.yaml": configMap(world, "b", "1"),
      });
      await world.create("a", { path: "./a" });
      await world.create("b", { path: "./b" });
      await Promise.all([world.ready("a", first), world.ready("b", first)]);
      await world.idle();
      world.writes.length = 0;
      const second = await world.push({
        "a/a.yaml": configMap(world, "a", "2"),
        "b/b.yaml": configMap(world, "b", "1"),
      });
      await Promise.all([world.ready("a", second), world.ready("b", second)]);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "2");
      assert.deepEqual(
        world.writes.filter((write) => write.startsWith("apply")),
        ["apply ConfigMap a"],
      );
    },
  },
  {
    name: "one bad object blocks its stage: nothing of it is written, and the condition says which",
    async run(world) {
      await world.push({
        "all.yaml": `${configMap(world, "good", "1")}---\n${deployment(world, "bad").replace("replicas: 1", "replicas: -1")}`,
      });
      await world.create("app");
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(
        messageOf(object),
        new RegExp(`^Deployment/${world.namespace}/bad dry-run failed \\(Invalid\\): .*replicas`),
      );
      assert.equal(await world.get("ConfigMap", "good"), undefined);
      assert.notEqual(object.status?.observedGeneration, object.metadata.generation);
      assert.equal(
        object.status?.conditions?.find(({ type }) => type === "Reconciling")?.reason,
        "ProgressingWithRetry",
      );
      assert.ok(
        (await eventsOf(world, "app")).some((event) =>
          event.startsWith("error ReconciliationFailed Deployment/bad dry-run failed"),
        ),
      );
      const repaired = await world.push({ "all.yaml": configMap(world, "good", "1") });
      await world.ready("app", repaired);
    },
  },
  {
    name: "a kind that nobody serves is named",
    async run(world) {
      await world.push({
        "a.yaml": `apiVersion: example.org/v1\nkind: Nobody\nmetadata: { name: a, namespace: ${world.namespace} }\n`,
      });
      await world.create("app");
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(
        messageOf(object),
        /Nobody\/.*\/a dry-run failed: no matches for kind "Nobody" in version "example.org\/v1"/,
      );
    },
  },
  {
    name: "a namespace that is not there is named",
    async run(world) {
      await world.push({
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: nowhere-at-all }\n",
      });
      await world.create("app");
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(object), /^ConfigMap\/nowhere-at-all\/a not found: namespaces "nowhere-at-all" not found/);
    },
  },
  {
    name: "definitions are applied and established before their objects",
    async run(world) {
      const group = `g${world.namespace.replaceAll("-", "")}.example.org`;
      const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.${group} }
spec:
  group: ${group}
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, x-kubernetes-preserve-unknown-fields: true } } } }
`;
      const widget = `apiVersion: ${group}/v1\nkind: Widget\nmetadata: { name: w, namespace: ${world.namespace} }\nspec: { size: 1 }\n`;
      const revision = await world.push({ "a-widget.yaml": widget, "z-crd.yaml": crd });
      await world.create("app");
      const { status } = await world.ready("app", revision);
      assert.equal(status?.inventory?.entries.length, 2);
      await world.kube.delete({
        group: "kustomize.toolkit.fluxcd.io",
        kind: "Kustomization",
        namespace: world.namespace,
        name: "app",
      });
      await world.untilObject(
        { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization" },
        "app",
        (object) => object === undefined,
      );
    },
  },
  {
    name: "an immutable field is reported, and recreated by force",
    async run(world) {
      const immutable = (value: string): string => `${configMap(world, "fixed", value)}immutable: true\n`;
      const first = await world.push({ "a.yaml": immutable("1") });
      await world.create("app");
      await world.ready("app", first);
      const second = await world.push({ "a.yaml": immutable("2") });
      const failed = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(failed), /dry-run failed \(Invalid\): .*immutable/);
      await world.change("app", { force: true });
      await world.ready("app", second);
      assert.equal(valueOf(await world.get("ConfigMap", "fixed")), "2");
    },
  },
  {
    name: "what kubectl applied is taken over, fields that Git does not have go",
    async run(world) {
      const { namespace, kube } = world;
      const metadata = {
        name: "a",
        namespace,
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
      };
      await kube.create(
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: { key: "hand", extra: "x" } },
        { fieldManager: "kubectl-client-side-apply" },
      );
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app");
      await world.ready("app", revision);
      const object = await world.get("ConfigMap", "a");
      assert.deepEqual(object?.["data"], { key: "1" });
      assert.equal(object?.metadata.annotations, undefined);
      assert.deepEqual(
        object?.metadata.managedFields?.map(({ manager }) => manager),
        ["kustomize-controller"],
      );
    },
  },
  {
    name: "annotations leave objects alone: disabled, created once, merged",
    async run(world) {
      const { namespace, kube } = world;
      const annotated = (name: string, value: string): string =>
        configMap(world, name, "git", `annotations: { kustomize.toolkit.fluxcd.io/${value} }`);
      const byHand = (name: string): Promise<unknown> =>
        kube.create(
          { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { key: "hand", extra: "x" } },
          { fieldManager: "kubectl" },
        );
      await Promise.all([byHand("disabled"), byHand("once"), byHand("merged")]);
      const revision = await world.push({
        "disabled.yaml": annotated("disabled", "reconcile: disabled"),
        "once.yaml": annotated("once", "ssa: IfNotPresent"),
        "merged.yaml": annotated("merged", "ssa: Merge"),
        "new.yaml": annotated("new", "ssa: IfNotPresent"),
      });
      await world.create("app");
      const { status } = await world.ready("app", revision);
      const data = async (name: string): Promise<unknown> => (await world.get("ConfigMap", name))?.["data"];
      assert.deepEqual(await data("disabled"), { key: "hand", extra: "x" });
      assert.deepEqual(await data("once"), { key: "hand", extra: "x" });
      assert.deepEqual(await data("merged"), { key: "git", extra: "x" });
      assert.deepEqual(await data("new"), { key: "git" });
      assert.equal(status?.inventory?.entries.length, 4);
    },
  },
  {
    name: "what was left to kubectl is taken over in the pass in which Git leaves it no more",
    async run(world) {
      const merged = configMap(world, "a", "1", "annotations: { kustomize.toolkit.fluxcd.io/ssa: Merge }");
      const first = await world.push({ "a.yaml": merged });
      await world.create("app");
      await world.ready("app", first);
      const ref = { group: "", kind: "ConfigMap", namespace: world.namespace, name: "a" };
      await world.kube.patch(ref, "merge", { data: { extra: "x" } }, { fieldManager: "kubectl-patch" });
      await world.request("app");
      assert.deepEqual((await world.get("ConfigMap", "a"))?.["data"], { key: "1", extra: "x" });
      const second = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.ready("app", second);
      const object = await world.get("ConfigMap", "a");
      assert.deepEqual(object?.["data"], { key: "1" });
      assert.deepEqual(
        object?.metadata.managedFields?.map(({ manager }) => manager),
        ["kustomize-controller"],
      );
    },
  },
  {
    name: "ignored fields keep the cluster's value",
    async run(world) {
      const first = await world.push({ "a.yaml": deployment(world, "web") });
      await world.create("app", { ignore: [{ paths: ["/spec/replicas"], target: { kind: "Deployment" } }] });
      await world.ready("app", first);
      const ref = { group: "apps", kind: "Deployment", namespace: world.namespace, name: "web" };
      await world.kube.patch(ref, "merge", { spec: { replicas: 5 } }, { fieldManager: "scaler" });
      const second = await world.push({ "a.yaml": deployment(world, "web", "nginx:2") });
      await world.ready("app", second);
      const { spec } = (await world.get("Deployment", "web")) as unknown as {
        spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
      };
      assert.deepEqual([spec.replicas, spec.template.spec.containers[0]?.image], [5, "nginx:2"]);
    },
  },
  {
    name: "a field that a kind of Kubernetes' own does not know is left out, and told once",
    async run(world) {
      const typo = (image: string): string =>
        deployment(world, "web", image).replace("name: main", "imagePulPolicy: Always, name: main");
      const files = { "a.yaml": configMap(world, "a", "1", "lables: { a: b }") };
      const first = await world.push({ ...files, "b.yaml": typo("nginx:1") });
      await world.create("app");
      await world.ready("app", first);
      await world.idle();
      do {
        world.writes.length = 0;
        await world.request("app");
      } while (world.writes.some((write) => write.startsWith("dry-run")) && world.events.length < 50);
      assert.deepEqual(world.writes, ["status Kustomization app"]);
      const second = await world.push({ ...files, "b.yaml": typo("nginx:2") });
      await world.ready("app", second);
      const told = (await eventsOf(world, "app")).filter((text) => text.includes("UnknownFields")).sort();
      const web =
        'info UnknownFields Deployment/web is applied without fields that its kind does not know: .spec.template.spec.containers[name="main"].imagePulPolicy';
      assert.deepEqual(told, [
        "info UnknownFields ConfigMap/a is applied without fields that its kind does not know: .metadata.lables",
        web,
        web,
      ]);
    },
  },
  {
    name: "an object that is too large is named, and nothing of its stage is written",
    async run(world) {
      await world.push({
        "a.yaml": configMap(world, "a", "1"),
        "large.yaml": configMap(world, "large", "x".repeat(1_100_000)),
      });
      await world.create("app");
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(object), /ConfigMap\/.*\/large dry-run failed \(\w+\): /);
      assert.equal(await world.get("ConfigMap", "a"), undefined);
    },
  },
  {
    name: "a server that is overloaded, broken or away is asked again soon, whatever the retry interval",
    async run(world) {
      const error = (code: number, reason: string): KubeApiError => new KubeApiError({ code, reason, message: reason });
      const failures = [
        error(429, "TooManyRequests"),
        error(500, "InternalError"),
        new KubeConnectionError("connect ECONNREFUSED"),
      ];
      const first = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { retryInterval: "1h" });
      await world.ready("app", first);
      for (const [index, failure] of failures.entries()) {
        await world.idle();
        world.failNext(1, failure);
        const revision = await world.push({ "a.yaml": configMap(world, "a", `${index + 2}`) });
        await world.ready("app", revision);
      }
    },
  },
  {
    name: "another cluster is reached by the kubeconfig of a Secret, whose repair is a pass",
    async run(world) {
      const { kube, namespace } = world;
      const secret = (value: string): KubeObject => ({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "remote", namespace },
        stringData: { value },
      });
      await kube.create(secret("not: a kubeconfig"));
      const revision = await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { kubeConfig: { secretRef: { name: "remote" } } });
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(messageOf(object), new RegExp(`^invalid KubeConfig in secret '${namespace}/remote': `));
      await kube.apply(secret(world.kubeconfig), { fieldManager: "suite", force: true });
      await world.ready("app", revision);
      assert.equal(valueOf(await world.get("ConfigMap", "a")), "1");
      await kube.delete({ group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace, name: "app" });
      await world.untilObject({ group: "", kind: "ConfigMap" }, "a", (one) => one === undefined);
    },
  },
  {
    name: "a service account without rights applies nothing",
    async run(world) {
      await world.kube.create({
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "tenant", namespace: world.namespace },
      });
      await world.push({ "a.yaml": configMap(world, "a", "1") });
      await world.create("app", { serviceAccountName: "tenant" });
      const object = await world.failed("app", "ReconciliationFailed");
      assert.match(
        messageOf(object),
        new RegExp(`dry-run failed \\(Forbidden\\): .*system:serviceaccount:${world.namespace}:tenant`),
      );
      assert.equal(await world.get("ConfigMap", "a"), undefined);
    },
  },
];
