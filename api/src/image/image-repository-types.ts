import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { RegistryProvider } from "../source/helm-repository-types.ts";
import type { AccessFrom } from "../structs/access-from.ts";
import type { LocalObjectReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";

/** A repository of images whose tags are scanned. */
export interface ImageRepository extends KubeObject {
  apiVersion: "image.toolkit.fluxcd.io/v1";
  kind: "ImageRepository";
  metadata: ObjectMeta;
  spec: ImageRepositorySpec;
  status?: ImageRepositoryStatus;
}

/** What is scanned. Durations are Go's. */
export interface ImageRepositorySpec {
  /** `ghcr.io/org/app` or `alpine`: no scheme, no tag. */
  image: string;
  interval: string;
  /** Of a scan; the interval unless given, at least a second. */
  timeout?: string;
  /** A docker-config. */
  secretRef?: LocalObjectReference;
  proxySecretRef?: LocalObjectReference;
  /** Its image pull secrets; with a cloud provider, its workload identity. */
  serviceAccountName?: string;
  /** `tls.crt` and `tls.key`, `ca.crt`. */
  certSecretRef?: LocalObjectReference;
  suspend?: boolean;
  /** Other namespaces whose ImagePolicies may use this one. */
  accessFrom?: AccessFrom;
  /** Regular expressions; a tag that one matches is left out. Default: signatures of cosign. */
  exclusionList?: string[];
  /** Default `generic`. */
  provider?: RegistryProvider;
  /** Plain HTTP. */
  insecure?: boolean;
}

/** What the last scan found. */
export interface ScanResult {
  /** Changes when the set of tags does. */
  revision?: string;
  tagCount: number;
  /** RFC 3339. */
  scanTime?: string;
  /** At most 10, last in the alphabet first. */
  latestTags?: string[];
}

/** What was scanned, and whether that worked. */
export interface ImageRepositoryStatus extends ReconciledStatus {
  /** The image with all that is implied: `index.docker.io/library/alpine`. */
  canonicalImageName?: string;
  lastScanResult?: ScanResult;
  observedExclusionList?: string[];
}
