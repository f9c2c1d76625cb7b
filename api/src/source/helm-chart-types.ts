import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { Artifact } from "../structs/artifact.ts";
import type { LocalObjectReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";
import type { OidcIdentityMatch } from "../structs/verification.ts";

/** A chart that is taken from a repository or packaged from another source, and stored as a `.tgz`. */
export interface HelmChart extends KubeObject {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "HelmChart";
  metadata: ObjectMeta;
  spec: HelmChartSpec;
  status?: HelmChartStatus;
}

/** Kinds that `spec.sourceRef` of a HelmChart may name. */
export type HelmChartSourceKind = "HelmRepository" | "GitRepository" | "Bucket";

/** A source in the chart's own namespace. */
export interface HelmChartSourceReference {
  apiVersion?: string;
  kind: HelmChartSourceKind;
  name: string;
}

/** `Revision`: a new artifact for each revision of the source, not only for each version of the chart. */
export type ReconcileStrategy = "ChartVersion" | "Revision";

/** Which chart. Durations are Go's. */
export interface HelmChartSpec {
  /** Name in a repository, or path in a Git repository or bucket. */
  chart: string;
  /** A version or a range of versions; only for a HelmRepository. Default `*`. */
  version?: string;
  sourceRef: HelmChartSourceReference;
  interval: string;
  /** Default `ChartVersion`. */
  reconcileStrategy?: ReconcileStrategy;
  /** Merged into the chart's values, later over earlier; from the source's root, or from the chart's for a HelmRepository. */
  valuesFiles?: string[];
  /** Default false: a values file that is not there is an error. */
  ignoreMissingValuesFiles?: boolean;
  suspend?: boolean;
  verify?: HelmChartVerification;
}

/** Signatures that are demanded of a chart from a registry. */
export interface HelmChartVerification {
  provider: "cosign" | "notation";
  /** Without it: keyless. */
  secretRef?: LocalObjectReference;
  matchOIDCIdentity?: OidcIdentityMatch[];
}

/** What was stored. `url`: the link `<chart>-latest.tgz` in the artifact's folder. */
export interface HelmChartStatus extends ReconciledStatus {
  observedSourceArtifactRevision?: string;
  observedChartName?: string;
  observedValuesFiles?: string[];
  url?: string;
  artifact?: Artifact;
}
