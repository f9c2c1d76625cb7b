import type { Clock } from "@eddy/core/clock";
import type { Masker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import type { AppliedMemory, LiveMetadata } from "@eddy/runtime/apply";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import type { Caches } from "@eddy/runtime/controller";
import type { Expressions, StatusSource } from "@eddy/runtime/health";
import type { ChartCache } from "./chart-cache.ts";
import type { DataStore } from "@eddy/runtime/data";
import type { ChartRenderer } from "@eddy/runtime/rendering";
import type { RemoteClusters } from "./remote-clusters.ts";
import type { SettledMemory } from "./settled-memory.ts";
import type { StorageWatch } from "./storage-watch.ts";

/** Flags of helm-controller that a pass obeys. Source: flux2.md 3.6. */
export interface HelmReleaseSettings {
  /** `--no-cross-namespace-refs`. */
  noCrossNamespaceRefs: boolean;
  /** `--default-service-account`. */
  defaultServiceAccount: string;
  /** `--default-kubeconfig-service-account`. */
  defaultKubeconfigServiceAccount: string;
  /** `--insecure-kubeconfig-exec`, `--insecure-kubeconfig-tls`. */
  insecureKubeconfigExec: boolean;
  insecureKubeconfigTls: boolean;
  /** `--requeue-dependency`. */
  requeueDependencyMs: number;
  /** `--override-manager`: field managers whose fields are taken over where drift is looked for. */
  overrideManagers: readonly string[];
  /** Gate `ExternalArtifact`: take ExternalArtifacts as charts. */
  allowExternalArtifact: boolean;
  /** Gate `DefaultToRetryOnFailure`. */
  defaultToRetryOnFailure: boolean;
  /** Gate `CancelHealthCheckOnNewRevision`: any request ends a wait, not only a new chart or spec. */
  cancelWaitOnRequest: boolean;
  /** Gate `AdditiveCELDependencyCheck`. */
  additiveDependencyCheck: boolean;
  /** Gate `DisableChartDigestTracking`, the other way round. */
  trackChartDigest: boolean;
  /** Gate `UseHelm3Defaults`. */
  helm3Defaults: boolean;
  /** Eddy's own: releases whose retries are used up are tried again, ever more slowly, instead of being stalled. */
  retryExhausted: boolean;
}

/** Upstream's defaults. */
export const defaultHelmReleaseSettings: HelmReleaseSettings = {
  noCrossNamespaceRefs: false,
  defaultServiceAccount: "",
  defaultKubeconfigServiceAccount: "",
  insecureKubeconfigExec: false,
  insecureKubeconfigTls: false,
  requeueDependencyMs: 30_000,
  overrideManagers: [],
  allowExternalArtifact: false,
  defaultToRetryOnFailure: false,
  cancelWaitOnRequest: false,
  additiveDependencyCheck: false,
  trackChartDigest: true,
  helm3Defaults: false,
  retryExhausted: false,
};

/** The cluster that a release goes to, as whom a pass acts. */
export interface Cluster {
  kube: KubeClient;
  statuses: StatusSource;
  /** What is known of released objects whose drift is looked for. */
  memory: AppliedMemory;
  /** Absent for another cluster: nothing is watched there. */
  live?: LiveMetadata;
  /** Another cluster than the one that holds the HelmRelease. */
  isRemote: boolean;
}

/** What a pass reaches the world through. */
export interface Ports {
  kube: KubeClient;
  caches: Caches;
  clock: Clock;
  masker: Masker;
  random(): number;
  artifacts: Pick<ArtifactStore, "bytes">;
  expressions: Expressions;
  data: DataStore;
  charts: ChartCache;
  /** Renders charts, in workers where that takes long. */
  renderer: ChartRenderer;
  settled: SettledMemory;
  /** Helm's storage in the cluster of this process. */
  storageWatch: StorageWatch;
  /** The cluster of this process. */
  local: Cluster;
  /** Other clusters, by what HelmReleases say of them. */
  remotes: RemoteClusters;
  settings: HelmReleaseSettings;
}
