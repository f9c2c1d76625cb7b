import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { Artifact } from "../structs/artifact.ts";
import type { LocalObjectReference } from "../structs/references.ts";
import type { AccessFrom } from "../structs/access-from.ts";
import type { ReconciledStatus } from "../structs/status.ts";

/** A Helm chart repository: an index over HTTP that is watched and stored, or a part of an OCI registry, which is static. */
export interface HelmRepository extends KubeObject {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "HelmRepository";
  metadata: ObjectMeta;
  spec: HelmRepositorySpec;
  status?: HelmRepositoryStatus;
}

/** `oci`: charts are artifacts of a registry; the object has no status and no artifact. */
export type HelmRepositoryType = "default" | "oci";

/** Whose login to use at a registry. */
export type RegistryProvider = "generic" | "aws" | "azure" | "gcp";

/** Where charts are. Durations are Go's. */
export interface HelmRepositorySpec {
  /** `http://`, `https://` or, with type `oci`, `oci://`. */
  url: string;
  /** `username` and `password`; for type `oci` also a docker-config. TLS keys here are deprecated. */
  secretRef?: LocalObjectReference;
  /** `tls.crt` and `tls.key`, `ca.crt`; takes precedence over TLS keys of `secretRef`. */
  certSecretRef?: LocalObjectReference;
  /** Send the credentials to other hosts, too, that the index names. Default false. */
  passCredentials?: boolean;
  /** `1m` unless given. */
  interval?: string;
  /** Type `oci` only: plain HTTP. */
  insecure?: boolean;
  /** `60s` unless given. */
  timeout?: string;
  suspend?: boolean;
  /** Declared by upstream and never enforced. */
  accessFrom?: AccessFrom;
  /** Absent is `default`. */
  type?: HelmRepositoryType;
  /** Type `oci` only; default `generic`. */
  provider?: RegistryProvider;
}

/** What was stored: the index. `url`: the link `index.yaml` in the artifact's folder. */
export interface HelmRepositoryStatus extends ReconciledStatus {
  url?: string;
  artifact?: Artifact;
}
