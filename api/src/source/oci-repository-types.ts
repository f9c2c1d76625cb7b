import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { Artifact } from "../structs/artifact.ts";
import type { LocalObjectReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";
import type { OidcIdentityMatch } from "../structs/verification.ts";
import type { RegistryProvider } from "./helm-repository-types.ts";

/** A repository of an OCI registry that is watched; each new digest is stored as an artifact. */
export interface OCIRepository extends KubeObject {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "OCIRepository";
  metadata: ObjectMeta;
  spec: OCIRepositorySpec;
  status?: OCIRepositoryStatus;
}

/** What is to be watched. Durations are Go's. */
export interface OCIRepositorySpec {
  /** `oci://<registry>/<path>`, without a tag. */
  url: string;
  /** The tag `latest` unless given. */
  ref?: OCIRepositoryRef;
  /** The first layer, extracted, unless given. */
  layerSelector?: OCILayerSelector;
  /** Default `generic`. */
  provider?: RegistryProvider;
  /** A docker-config. */
  secretRef?: LocalObjectReference;
  verify?: OCIRepositoryVerification;
  /** Its image pull secrets; with a cloud provider, its workload identity. */
  serviceAccountName?: string;
  /** `tls.crt` and `tls.key`, `ca.crt`. */
  certSecretRef?: LocalObjectReference;
  proxySecretRef?: LocalObjectReference;
  interval: string;
  /** Default `60s`. */
  timeout?: string;
  ignore?: string;
  /** Plain HTTP; without `certSecretRef` any certificate, too. */
  insecure?: boolean;
  suspend?: boolean;
}

/** Which manifest: digest, else semver, else tag. */
export interface OCIRepositoryRef {
  digest?: string;
  semver?: string;
  /** Regular expression that tags must match, before `semver` looks at them. */
  semverFilter?: string;
  tag?: string;
}

/** `extract`: a tar archive whose files are stored; `copy`: the layer's bytes as they are. */
export type OCILayerOperation = "extract" | "copy";

/** Which layer, and what becomes of it. */
export interface OCILayerSelector {
  mediaType?: string;
  /** `extract` unless given. */
  operation?: OCILayerOperation;
}

/** Signatures that are demanded. */
export interface OCIRepositoryVerification {
  provider: "cosign" | "notation";
  /** Without it: keyless. */
  secretRef?: LocalObjectReference;
  matchOIDCIdentity?: OidcIdentityMatch[];
  /** `trusted_root.json` of a sigstore instance of one's own. */
  trustedRootSecretRef?: LocalObjectReference;
}

/** What was stored. `url`: the link `latest.tar.gz` in the artifact's folder. */
export interface OCIRepositoryStatus extends ReconciledStatus {
  url?: string;
  artifact?: Artifact;
  observedIgnore?: string;
  observedLayerSelector?: OCILayerSelector;
}
