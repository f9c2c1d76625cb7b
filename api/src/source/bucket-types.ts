import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { Artifact } from "../structs/artifact.ts";
import type { LocalObjectReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";

/** A bucket of an object store that is watched and stored as an artifact. */
export interface Bucket extends KubeObject {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "Bucket";
  metadata: ObjectMeta;
  spec: BucketSpec;
  status?: BucketStatus;
}

/** Whose object store it is; `generic` is anything that speaks S3. */
export type BucketProvider = "generic" | "aws" | "gcp" | "azure";

/** What is to be watched. Durations are Go's: `10m`, `1h30m`. */
export interface BucketSpec {
  /** Default `generic`. */
  provider?: BucketProvider;
  bucketName: string;
  /** Host and port; for `azure` the whole URL; for `gcp` without effect. */
  endpoint: string;
  sts?: BucketSTS;
  /** Plain HTTP. */
  insecure?: boolean;
  region?: string;
  /** Only objects whose keys begin with it. */
  prefix?: string;
  secretRef?: LocalObjectReference;
  serviceAccountName?: string;
  certSecretRef?: LocalObjectReference;
  proxySecretRef?: LocalObjectReference;
  interval: string;
  /** Default `60s`. */
  timeout?: string;
  /** Text in gitignore syntax; replaces the default exclusions. */
  ignore?: string;
  suspend?: boolean;
}

/** A security token service that gives temporary keys. */
export interface BucketSTS {
  provider: "aws" | "ldap";
  /** `http://` or `https://`. */
  endpoint: string;
  secretRef?: LocalObjectReference;
  certSecretRef?: LocalObjectReference;
}

/** What was stored. */
export interface BucketStatus extends ReconciledStatus {
  url?: string;
  artifact?: Artifact;
  observedIgnore?: string;
}
