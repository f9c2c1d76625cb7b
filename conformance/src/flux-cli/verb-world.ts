import { alertKind, gitRepositoryKind, kustomizationKind, providerKind, receiverKind, type Kind } from "@eddy/api";
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";

/** The namespace that the verbs' objects are in. */
export const verbNamespace = "verbs";

const revision = "main@sha1:696f056df216eea4f9401adbee0ff744d4df390f";
const sourceRef = { kind: "GitRepository", name: "repo" };
const url = "https://example.com/org/repo.git";

function condition(type: string, status: string, reason: string, message: string): JsonObject {
  return { type, status, reason, message, lastTransitionTime: "2026-01-01T00:00:00Z", observedGeneration: 1 };
}

interface Fixture {
  kind: Kind;
  name: string;
  metadata?: JsonObject;
  spec: JsonObject;
  status?: JsonObject;
}

const artifact: JsonObject = {
  path: "a.tar.gz",
  url: "http://source/a.tar.gz",
  revision,
  digest: `sha256:${"a".repeat(64)}`,
  lastUpdateTime: "2026-01-01T00:00:00Z",
  size: 2_048,
};
const ready = condition("Ready", "True", "ReconciliationSucceeded", `Applied revision: ${revision}`);
const entries = [
  "verbs_web_apps_Deployment",
  "verbs_config__ConfigMap",
  "verbs_child_kustomize.toolkit.fluxcd.io_Kustomization",
  "_verbs__Namespace",
];

const fixtures: readonly Fixture[] = [
  {
    kind: gitRepositoryKind,
    name: "repo",
    metadata: { labels: { team: "a" } },
    spec: { interval: "1m", url, ref: { branch: "main" }, secretRef: { name: "auth" } },
    status: {
      observedGeneration: 1,
      artifact,
      conditions: [condition("Ready", "True", "Succeeded", `stored artifact for revision '${revision}'`)],
    },
  },
  {
    kind: gitRepositoryKind,
    name: "broken",
    spec: { interval: "1m", url, ref: { tag: "v1" }, suspend: true },
    status: {
      observedGeneration: 1,
      conditions: [condition("Ready", "False", "GitOperationFailed", "failed to checkout: no such tag")],
    },
  },
  {
    kind: kustomizationKind,
    name: "app",
    metadata: { labels: { team: "a" }, annotations: { "example.com/a": "b" } },
    spec: { interval: "10m", path: "./app", prune: true, sourceRef, timeout: "2m" },
    status: {
      observedGeneration: 1,
      lastAppliedRevision: revision,
      lastAttemptedRevision: revision,
      conditions: [ready],
      inventory: { entries: entries.map((id) => ({ id, v: "v1" })) },
    },
  },
  {
    kind: kustomizationKind,
    name: "child",
    spec: { interval: "10m", path: "./child", prune: true, sourceRef },
    status: {
      observedGeneration: 1,
      lastAppliedRevision: revision,
      conditions: [ready],
      inventory: { entries: [{ id: "verbs_inner__ConfigMap", v: "v1" }] },
    },
  },
  {
    kind: kustomizationKind,
    name: "failing",
    spec: { interval: "10m", path: "./x", prune: true, sourceRef },
    status: {
      observedGeneration: 1,
      lastAppliedRevision: revision,
      conditions: [condition("Ready", "False", "BuildFailed", "kustomize build failed: no such file")],
    },
  },
  { kind: kustomizationKind, name: "fresh", spec: { interval: "10m", path: "./y", prune: false, sourceRef } },
  { kind: providerKind, name: "chat", spec: { type: "slack", address: "https://hooks.slack.com/x", channel: "ops" } },
  {
    kind: alertKind,
    name: "all",
    spec: {
      providerRef: { name: "chat" },
      eventSeverity: "info",
      eventSources: [{ kind: "Kustomization", name: "*" }],
    },
  },
  {
    kind: receiverKind,
    name: "hook",
    spec: {
      type: "github",
      events: ["ping", "push"],
      secretRef: { name: "token" },
      resources: [{ kind: "GitRepository", name: "repo" }],
    },
    status: {
      observedGeneration: 1,
      webhookPath: "/hook/x",
      conditions: [condition("Ready", "True", "Succeeded", "Receiver initialized for path: /hook/x")],
    },
  },
];

/** Makes the objects of every verb's cases: ready ones, failing ones, suspended and fresh ones, what they applied, and events. */
export async function prepareVerbs(kube: KubeClient): Promise<void> {
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: verbNamespace } });
  for (const { kind, name, metadata = {}, spec, status } of fixtures) {
    const apiVersion = `${kind.group}/${kind.storageVersion}`;
    await kube.create({
      apiVersion,
      kind: kind.kind,
      metadata: { ...metadata, name, namespace: verbNamespace },
      spec,
    } as never);
    const key = { group: kind.group, kind: kind.kind, version: kind.storageVersion, namespace: verbNamespace, name };
    if (status) await kube.patch(key, "merge", { status }, { subresource: "status" });
  }
  for (const object of applied()) await kube.create(object);
  for (const object of events()) await kube.create(object);
}

function applied(): KubeObject[] {
  const labels = { "kustomize.toolkit.fluxcd.io/name": "app", "kustomize.toolkit.fluxcd.io/namespace": verbNamespace };
  const owned = (name: string): KubeObject["metadata"] => ({ name, namespace: verbNamespace, labels });
  const app = { app: "web" };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: owned("config"), data: {} },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "stranger", namespace: verbNamespace }, data: {} },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "auth", namespace: verbNamespace },
      stringData: { username: "a", password: "b" },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: owned("web"),
      spec: {
        selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: { containers: [{ name: "web", image: "example/web" }] } },
      },
    },
  ];
}

function events(): KubeObject[] {
  const rows = [
    [
      "Kustomization",
      "app",
      "Normal",
      "ReconciliationSucceeded",
      "Reconciliation finished in 72ms, next run in 10m0s",
      "2026-01-03",
    ],
    ["GitRepository", "repo", "Normal", "NewArtifact", "stored artifact for commit 'first'", "2026-01-02"],
    ["Kustomization", "failing", "Warning", "BuildFailed", "kustomize build failed: no such file", "2026-01-01"],
    ["Deployment", "web", "Normal", "ScalingReplicaSet", "Scaled up", "2026-01-04"],
  ] as const;
  return rows.map(([kind, name, type, reason, message, day]) => ({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${reason.toLowerCase()}`, namespace: verbNamespace },
    involvedObject: { apiVersion: versionOf(kind), kind, name, namespace: verbNamespace },
    type,
    reason,
    message,
    firstTimestamp: `${day}T00:00:00Z`,
    lastTimestamp: `${day}T00:00:00Z`,
    count: 1,
    source: { component: "kustomize-controller" },
  }));
}

function versionOf(kind: string): string {
  if (kind === "Kustomization") return "kustomize.toolkit.fluxcd.io/v1";
  return kind === "GitRepository" ? "source.toolkit.fluxcd.io/v1" : "apps/v1";
}
