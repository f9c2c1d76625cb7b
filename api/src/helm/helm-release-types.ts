import type { Json } from "@eddy/core/json";
import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { CustomHealthCheck } from "../structs/health-checks.ts";
import type { ResourceInventory } from "../structs/inventory.ts";
import type { KubeConfigReference } from "../structs/kube-config.ts";
import type { CommonMetadata, IgnoreRule, Image, Patch } from "../structs/kustomize.ts";
import type { DependencyReference, LocalObjectReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";
import type { HelmInstall, HelmRollback, HelmTest, HelmUninstall, HelmUpgrade } from "./release-action-types.ts";

/** A chart, installed as a Helm release, and kept that way. */
export interface HelmRelease extends KubeObject {
  apiVersion: "helm.toolkit.fluxcd.io/v2";
  kind: "HelmRelease";
  metadata: ObjectMeta;
  spec: HelmReleaseSpec;
  status?: HelmReleaseStatus;
}

/** What is to be installed: exactly one of `chart` and `chartRef`. Durations are Go's: `10m`, `1h30m`. */
export interface HelmReleaseSpec {
  chart?: HelmChartTemplate;
  chartRef?: HelmChartReference;
  interval: string;
  kubeConfig?: KubeConfigReference;
  suspend?: boolean;
  /** Absent: the name, after the target namespace and a dash when there is one. Longer than 53 characters, it is shortened. */
  releaseName?: string;
  /** Where the objects go; the own namespace unless given. */
  targetNamespace?: string;
  /** Where Helm keeps its releases; the own namespace unless given. */
  storageNamespace?: string;
  dependsOn?: DependencyReference[];
  /** For each Helm action; 5m unless given. */
  timeout?: string;
  /** Releases that Helm keeps; 5 unless given, 0 keeps all. */
  maxHistory?: number;
  serviceAccountName?: string;
  /** Accepted; connections are always kept. */
  persistentClient?: boolean;
  driftDetection?: DriftDetection;
  install?: HelmInstall;
  upgrade?: HelmUpgrade;
  test?: HelmTest;
  rollback?: HelmRollback;
  uninstall?: HelmUninstall;
  valuesFrom?: ValuesReference[];
  values?: { [key: string]: Json };
  commonMetadata?: CommonMetadata;
  postRenderers?: PostRenderer[];
  /** Absent is `combined`, or `nohooks` with Helm 3's defaults. */
  postRenderStrategy?: PostRenderStrategy;
  waitStrategy?: { name: WaitStrategyName };
  healthCheckExprs?: CustomHealthCheck[];
}

/** What hooks are to post-renderers: part of the manifest, left alone, or a manifest of their own. */
export type PostRenderStrategy = "nohooks" | "combined" | "separate";

/** How an action waits: by kstatus and health check expressions, or by Helm 3's own rules. */
export type WaitStrategyName = "poller" | "legacy";

/** The HelmChart that the controller makes and owns: `<namespace>-<name>`, in the source's namespace. */
export interface HelmChartTemplate {
  metadata?: CommonMetadata;
  spec: HelmChartTemplateSpec;
}

/** The spec of that HelmChart. */
export interface HelmChartTemplateSpec {
  /** Name in a repository, or path in a source. */
  chart: string;
  /** A semver range; default `*`. */
  version?: string;
  sourceRef: {
    apiVersion?: string;
    kind: "HelmRepository" | "GitRepository" | "Bucket";
    name: string;
    namespace?: string;
  };
  /** The HelmRelease's interval unless given. */
  interval?: string;
  /** Default `ChartVersion`. */
  reconcileStrategy?: "ChartVersion" | "Revision";
  valuesFiles?: string[];
  ignoreMissingValuesFiles?: boolean;
  verify?: { provider: "cosign" | "notation"; secretRef?: LocalObjectReference };
}

/** A chart that somebody else fetches. */
export interface HelmChartReference {
  apiVersion?: string;
  kind: "OCIRepository" | "HelmChart" | "ExternalArtifact";
  name: string;
  namespace?: string;
}

/** Whether the cluster is compared with the release, and what follows. */
export interface DriftDetection {
  /** Absent is `disabled`. */
  mode?: "enabled" | "warn" | "disabled";
  ignore?: IgnoreRule[];
}

/** A kustomization over what was rendered. */
export interface PostRenderer {
  kustomize?: { patches?: Patch[]; images?: Image[] };
}

/** Values from a Secret or ConfigMap of the same namespace. */
export interface ValuesReference {
  kind: "Secret" | "ConfigMap";
  name: string;
  /** Absent is `values.yaml`. */
  valuesKey?: string;
  /** A dotted path with `[n]`: the value is set there, as `--set` would. */
  targetPath?: string;
  optional?: boolean;
  /** With `targetPath`: the value is taken as it is, as `--set-literal` would. */
  literal?: boolean;
}

/** What was installed, and whether that worked. */
export interface HelmReleaseStatus extends ReconciledStatus {
  observedPostRenderersDigest?: string;
  observedCommonMetadataDigest?: string;
  lastAttemptedGeneration?: number;
  /** `<namespace>/<name>` of the HelmChart that is owned. */
  helmChart?: string;
  storageNamespace?: string;
  /** Newest first. */
  history?: ReleaseSnapshot[];
  inventory?: ResourceInventory;
  lastAttemptedReleaseAction?: "install" | "upgrade";
  lastAttemptedReleaseActionDuration?: string;
  failures?: number;
  installFailures?: number;
  upgradeFailures?: number;
  /** Version of the chart, with the digest where it comes from an OCI artifact. */
  lastAttemptedRevision?: string;
  lastAttemptedRevisionDigest?: string;
  lastAttemptedConfigDigest?: string;
  /** Of older versions; removed when met. */
  lastAttemptedValuesChecksum?: string;
  /** Of older versions; removed when met. */
  lastReleaseRevision?: number;
  lastHandledForceAt?: string;
  lastHandledResetAt?: string;
}

/** One revision of the Helm release, as it was seen written to Helm's storage. */
export interface ReleaseSnapshot {
  /** `v2`: the digest is that of the release without test hooks. */
  apiVersion?: string;
  /** Of the release object, `<algorithm>:<hex>`. */
  digest: string;
  name: string;
  namespace: string;
  version: number;
  /** Helm's status: `deployed`, `failed`, `superseded`, … */
  status: string;
  action?: ReleaseAction;
  chartName: string;
  chartVersion: string;
  appVersion?: string;
  /** Of the merged values, `<algorithm>:<hex>`. */
  configDigest: string;
  firstDeployed: string;
  lastDeployed: string;
  deleted?: string;
  /** Absent: not tested; empty: there was nothing to test. */
  testHooks?: { [name: string]: TestHookStatus };
  ociDigest?: string;
}

/** What made a revision. */
export type ReleaseAction = "install" | "upgrade" | "rollback" | "uninstall" | "uninstall-remediation";

/** The last run of one test hook. */
export interface TestHookStatus {
  lastStarted?: string;
  lastCompleted?: string;
  /** `Unknown`, `Running`, `Succeeded` or `Failed`. */
  phase?: string;
}
