import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { CustomHealthCheck } from "../structs/health-checks.ts";
import type { ResourceInventory } from "../structs/inventory.ts";
import type { KubeConfigReference } from "../structs/kube-config.ts";
import type { CommonMetadata, IgnoreRule, Image, Patch } from "../structs/kustomize.ts";
import type {
  DependencyReference,
  LocalObjectReference,
  NamespacedObjectKindReference,
} from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";

/** Manifests of a source, built and applied, and kept that way. */
export interface Kustomization extends KubeObject {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1";
  kind: "Kustomization";
  metadata: ObjectMeta;
  spec: KustomizationSpec;
  status?: KustomizationStatus;
}

/** What is to be applied. Durations are Go's: `10m`, `1h30m`. */
export interface KustomizationSpec {
  sourceRef: KustomizationSourceReference;
  /** Directory in the artifact; may start with `./`; its root unless given. */
  path?: string;
  interval: string;
  /** After a failure; `interval` unless given. */
  retryInterval?: string;
  /** For applying and for health checks; `interval` less 30s, at least 30s, unless given. */
  timeout?: string;
  prune: boolean;
  /** Absent is `MirrorPrune`. */
  deletionPolicy?: DeletionPolicy;
  suspend?: boolean;
  /** Default false. */
  force?: boolean;
  /** Check the health of everything applied; `healthChecks` is ignored then. */
  wait?: boolean;
  healthChecks?: NamespacedObjectKindReference[];
  healthCheckExprs?: CustomHealthCheck[];
  dependsOn?: DependencyReference[];
  decryption?: Decryption;
  kubeConfig?: KubeConfigReference;
  serviceAccountName?: string;
  postBuild?: PostBuild;
  targetNamespace?: string;
  namePrefix?: string;
  nameSuffix?: string;
  /** Patches of older versions' `patchesStrategicMerge` and `patchesJson6902` are here too once decoded. */
  patches?: Patch[];
  images?: Image[];
  /** Relative to `path`. */
  components?: string[];
  ignoreMissingComponents?: boolean;
  commonMetadata?: CommonMetadata;
  buildMetadata?: BuildMetadata[];
  ignore?: IgnoreRule[];
}

/** Kinds that `spec.sourceRef` may name. */
export type KustomizationSourceKind = "OCIRepository" | "GitRepository" | "Bucket" | "ExternalArtifact";

/** Where the manifests come from; without `namespace`, the own one. */
export interface KustomizationSourceReference {
  apiVersion?: string;
  kind: KustomizationSourceKind;
  name: string;
  namespace?: string;
}

/** What becomes of the applied objects when the Kustomization is deleted; `MirrorPrune` deletes them if `prune` is set. */
export type DeletionPolicy = "MirrorPrune" | "Delete" | "WaitForTermination" | "Orphan";

/** What `spec.buildMetadata` asks the build to note on objects. */
export type BuildMetadata = "originAnnotations" | "transformerAnnotations";

/** Decryption of manifests. */
export interface Decryption {
  provider: "sops";
  secretRef?: LocalObjectReference;
  serviceAccountName?: string;
}

/** Substitution of `${variables}` after the build; `substitute` wins over `substituteFrom`, a later entry over an earlier. */
export interface PostBuild {
  /** Absent is `WithVariables`: only when there is a variable. */
  substituteStrategy?: "WithVariables" | "Always";
  substitute?: Record<string, string>;
  substituteFrom?: SubstituteReference[];
}

/** Variables from the data of a Secret or ConfigMap. */
export interface SubstituteReference {
  kind: "Secret" | "ConfigMap";
  name: string;
  /** Default false: a missing object is an error. */
  optional?: boolean;
}

/** What was applied. */
export interface KustomizationStatus extends ReconciledStatus {
  lastAppliedRevision?: string;
  lastAppliedOriginRevision?: string;
  lastAttemptedRevision?: string;
  inventory?: ResourceInventory;
  /** Newest first, at most five. */
  history?: HistorySnapshot[];
}

/** One outcome of reconciling: `digest` of the rendered objects, the reason of Ready, and how often that came out. */
export interface HistorySnapshot {
  digest: string;
  firstReconciled: string;
  lastReconciled: string;
  lastReconciledDuration: string;
  lastReconciledStatus: string;
  totalReconciliations: number;
  metadata?: Record<string, string>;
}
