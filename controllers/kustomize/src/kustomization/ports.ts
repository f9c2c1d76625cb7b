import type { Clock } from "@eddy/core/clock";
import type { Masker } from "@eddy/core/secrets";
import type { Kustomization } from "@eddy/api";
import type { KubeClient } from "@eddy/kube";
import type { ApplyTarget } from "@eddy/runtime/apply";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import type { Caches, KindCache } from "@eddy/runtime/controller";
import type { Expressions, StatusSource } from "@eddy/runtime/health";
import type { DataStore } from "@eddy/runtime/data";
import type { CloudKeysPorts } from "./decryption/cloud-keys.ts";
import type { DataKeys } from "./decryption/data-keys.ts";
import { defaultPruneBudget, type PruneBudget } from "./prune-budget.ts";
import type { RemoteClusters } from "./remote-clusters.ts";
import type { RenderMemory } from "./render-memory.ts";

/** Flags of kustomize-controller that a pass obeys. Source: Flux spec 3.4 "Flags". */
export interface KustomizationSettings extends PruneBudget {
  /** `--no-cross-namespace-refs`. */
  noCrossNamespaceRefs: boolean;
  /** `--default-service-account`. */
  defaultServiceAccount: string;
  /** `--override-manager`. */
  overrideManagers: readonly string[];
  /** `--custom-apply-stage-kinds`. */
  customStageKinds: ReadonlySet<string>;
  /** `--concurrent-ssa`: requests of one pass at the same time. */
  concurrentSsa: number;
  /** `--requeue-dependency`. */
  requeueDependencyMs: number;
  /** Gate `StrictPostBuildSubstitutions`. */
  strictSubstitutions: boolean;
  /** Gate `AdditiveCELDependencyCheck`: a dependency with a `readyExpr` must be ready besides. */
  additiveDependencyCheck: boolean;
  /** Gate `ExternalArtifact`: take ExternalArtifacts as sources. */
  allowExternalArtifact: boolean;
  /** Gate `DisableFailFastBehavior`, the other way round. */
  failFast: boolean;
  /** `--sops-ignore-mac`: decrypt files whose MAC does not match, as upstream does. */
  sopsIgnoreMac: boolean;
  /** `--sops-age-secret`: a Secret with age identities for every Kustomization that decrypts. */
  sopsAgeSecret: { namespace: string; name: string } | undefined;
  /** `--sops-vault-configmap`: a ConfigMap with the Vaults that ServiceAccounts log in to. */
  sopsVaultConfigMap: { namespace: string; name: string } | undefined;
  /** `--default-kubeconfig-service-account`. */
  defaultKubeconfigServiceAccount: string;
  /** `--insecure-kubeconfig-exec`, `--insecure-kubeconfig-tls`. */
  insecureKubeconfigExec: boolean;
  insecureKubeconfigTls: boolean;
  /** `--default-decryption-service-account`. */
  defaultDecryptionServiceAccount: string;
}

/** Upstream's defaults, with more requests at once. */
export const defaultKustomizationSettings: KustomizationSettings = {
  noCrossNamespaceRefs: false,
  defaultServiceAccount: "",
  overrideManagers: [],
  customStageKinds: new Set(),
  concurrentSsa: 8,
  requeueDependencyMs: 30_000,
  strictSubstitutions: true,
  additiveDependencyCheck: false,
  allowExternalArtifact: false,
  failFast: true,
  ...defaultPruneBudget,
  sopsIgnoreMac: false,
  sopsAgeSecret: undefined,
  sopsVaultConfigMap: undefined,
  defaultKubeconfigServiceAccount: "",
  insecureKubeconfigExec: false,
  insecureKubeconfigTls: false,
  defaultDecryptionServiceAccount: "",
};

/** The cluster that a pass applies to, as whom it acts. */
export interface Cluster {
  target: ApplyTarget;
  statuses: StatusSource;
  /** Another cluster than the one that holds the Kustomization. */
  isRemote: boolean;
  /** `target` acts as a service account; `statuses` is the process's own, and shows only what that account may read. */
  isImpersonated?: true;
}

/** What a pass reaches the world through. */
export interface Ports {
  kube: KubeClient;
  caches: Caches;
  /** Those that this process reconciles: where there are shards, its own. */
  kustomizations: Pick<KindCache<Kustomization>, "get">;
  clock: Clock;
  masker: Masker;
  random(): number;
  artifacts: Pick<ArtifactStore, "tree">;
  expressions: Expressions;
  /** Data of Secrets and ConfigMaps. */
  data: DataStore;
  /** Keys of encrypted files. */
  dataKeys: DataKeys;
  /** Key services on the network. */
  cloud: CloudKeysPorts;
  renders: RenderMemory;
  /** The cluster of this process, with what is known of its objects. */
  local: Cluster;
  /** Other clusters, by the Secrets that lead there. */
  remotes: RemoteClusters;
  settings: KustomizationSettings;
}
