import type { KubeObject } from "@eddy/core/object";

/** An object of a kind, and what the API server says to it: a refusal, or what is read back. */
export interface KindCase {
  name: string;
  object: KubeObject;
  /** Part of the server's message; absent: the object is accepted. */
  refusal?: string;
  /** API version to read it back in. */
  readAs: string;
  /** Values by path, as read back. */
  want: Readonly<Record<string, unknown>>;
}

const git = "source.toolkit.fluxcd.io";
const ks = "kustomize.toolkit.fluxcd.io";
const source = { url: "https://example.com/repository", interval: "1m" };
const app = { interval: "10m", prune: true, sourceRef: { kind: "GitRepository", name: "app" } };
const kubeConfigRule = "exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified";
let serial = 0;

function accepted(name: string, apiVersion: string, spec: object, readAs: string, want: KindCase["want"]): KindCase {
  return { name, object: objectOf(apiVersion, spec), readAs, want };
}

function refused(name: string, apiVersion: string, spec: object, refusal: string): KindCase {
  return { name, object: objectOf(apiVersion, spec), refusal, readAs: apiVersion, want: {} };
}

function objectOf(apiVersion: string, spec: object): KubeObject {
  const kind = apiVersion.startsWith(git) ? "GitRepository" : "Kustomization";
  return { apiVersion, kind, metadata: { name: `case-${serial++}`, namespace: "default" }, spec };
}

/** Defaults, patterns, rules and versions of the kinds. Source: the CRDs of source-controller and kustomize-controller 1.9. */
export const kindCases: readonly KindCase[] = [
  accepted(
    "defaults of a GitRepository",
    `${git}/v1`,
    { ...source, verify: { secretRef: { name: "keys" } } },
    `${git}/v1`,
    {
      "spec.timeout": "60s",
      "spec.verify.mode": "HEAD",
      "status.observedGeneration": -1,
    },
  ),
  accepted(
    "a GitRepository written as v1beta1",
    `${git}/v1beta1`,
    { ...source, ref: { branch: "main" } },
    `${git}/v1`,
    { "spec.ref.branch": "main" },
  ),
  accepted("a GitRepository read as v1beta2", `${git}/v1`, { ...source, sparseCheckout: ["apps"] }, `${git}/v1beta2`, {
    "spec.sparseCheckout": ["apps"],
  }),
  refused(
    "scp-like address",
    `${git}/v1`,
    { ...source, url: "git@example.com:repository" },
    "spec.url in body should match '^(http|https|ssh)://.*$'",
  ),
  refused("no interval", `${git}/v1`, { url: source.url }, "spec.interval: Required value"),
  refused(
    "timeout in hours",
    `${git}/v1`,
    { ...source, timeout: "1h" },
    "spec.timeout in body should match '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$'",
  ),
  refused("unknown provider", `${git}/v1`, { ...source, provider: "gcp" }, 'spec.provider: Unsupported value: "gcp"'),
  refused(
    "service account without a cloud",
    `${git}/v1`,
    { ...source, serviceAccountName: "s" },
    "serviceAccountName can only be set when provider is 'azure' or 'aws'",
  ),
  refused("a misspelt field", `${git}/v1`, { ...source, intervall: "1m" }, 'unknown field "spec.intervall"'),

  accepted(
    "defaults of a Kustomization",
    `${ks}/v1`,
    { ...app, postBuild: { substituteFrom: [{ kind: "Secret", name: "s" }] } },
    `${ks}/v1`,
    {
      "spec.force": false,
      "spec.postBuild.substituteFrom": [{ kind: "Secret", name: "s", optional: false }],
      "status.observedGeneration": -1,
    },
  ),
  accepted(
    "patches of v1beta2 survive being stored",
    `${ks}/v1beta2`,
    {
      ...app,
      patchesStrategicMerge: [{ kind: "Deployment", spec: { replicas: 2 } }],
      patchesJson6902: [{ target: { kind: "Deployment" }, patch: [{ op: "remove", path: "/spec" }] }],
    },
    `${ks}/v1`,
    {
      "spec.patchesStrategicMerge": [{ kind: "Deployment", spec: { replicas: 2 } }],
      "spec.patchesJson6902": [{ patch: [{ op: "remove", path: "/spec" }], target: { kind: "Deployment" } }],
    },
  ),
  accepted(
    "a Kustomization of an OCIRepository",
    `${ks}/v1beta1`,
    { ...app, sourceRef: { kind: "OCIRepository", name: "o" } },
    `${ks}/v1beta2`,
    {
      "spec.sourceRef.kind": "OCIRepository",
    },
  ),
  refused(
    "two kubeconfigs",
    `${ks}/v1`,
    { ...app, kubeConfig: { secretRef: { name: "a" }, configMapRef: { name: "b" } } },
    kubeConfigRule,
  ),
  refused("no kubeconfig in kubeConfig", `${ks}/v1`, { ...app, kubeConfig: {} }, kubeConfigRule),
  refused("no prune", `${ks}/v1`, { interval: "1m", sourceRef: app.sourceRef }, "spec.prune: Required value"),
  refused(
    "unknown kind of source",
    `${ks}/v1`,
    { ...app, sourceRef: { kind: "HelmRepository", name: "h" } },
    'spec.sourceRef.kind: Unsupported value: "HelmRepository"',
  ),
  refused(
    "empty prefix",
    `${ks}/v1`,
    { ...app, namePrefix: "" },
    "spec.namePrefix in body should be at least 1 chars long",
  ),
  refused(
    "long target namespace",
    `${ks}/v1`,
    { ...app, targetNamespace: "n".repeat(64) },
    "spec.targetNamespace: Too long: may not be more than 63",
  ),
  refused(
    "unknown build metadata",
    `${ks}/v1`,
    { ...app, buildMetadata: ["all"] },
    'spec.buildMetadata[0]: Unsupported value: "all"',
  ),
];
