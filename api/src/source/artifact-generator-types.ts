import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { Condition } from "@eddy/core/conditions";
import type { CommonMetadata } from "../structs/kustomize.ts";

/** Artifacts that are composed of others', or cut out of them. */
export interface ArtifactGenerator extends KubeObject {
  apiVersion: "source.extensions.fluxcd.io/v1beta1";
  kind: "ArtifactGenerator";
  metadata: ObjectMeta;
  spec: ArtifactGeneratorSpec;
  status?: ArtifactGeneratorStatus;
}

/** From what, and what. */
export interface ArtifactGeneratorSpec {
  /** For each ExternalArtifact. */
  commonMetadata?: CommonMetadata;
  sources: GeneratorSource[];
  /** `@alias/glob/with/{captures}`: the one artifact is made once for each directory that matches. */
  pathPattern?: string;
  artifacts: OutputArtifact[];
}

/** Kinds that a generator reads. */
export type GeneratorSourceKind = "Bucket" | "GitRepository" | "OCIRepository" | "HelmChart" | "ExternalArtifact";

/** A source under the name that copy operations know it by. */
export interface GeneratorSource {
  alias: string;
  kind: GeneratorSourceKind;
  name: string;
  /** Default: the generator's. */
  namespace?: string;
}

/** One ExternalArtifact. */
export interface OutputArtifact {
  name: string;
  /** `@alias`: that source's revision; otherwise `latest@<digest>`. */
  revision?: string;
  /** `@alias`: that source's origin revision becomes metadata of the artifact. */
  originRevision?: string;
  /** In order; later ones over earlier. */
  copy: CopyOperation[];
}

/** What `from` names is a file, a folder or a glob. */
export interface CopyOperation {
  /** `@alias/path`. */
  from: string;
  /** `@artifact/path`; with a slash at the end, a folder. */
  to: string;
  exclude?: string[];
  /** Absent is `Overwrite`. `Merge` is for YAML values, `Extract` for `.tar.gz` and `.tgz`. */
  strategy?: "Overwrite" | "Merge" | "Extract";
}

/** What was made. */
export interface ArtifactGeneratorStatus {
  conditions?: Condition[];
  /** The last value of `reconcile.fluxcd.io/requestedAt` that was handled. */
  lastHandledReconcileAt?: string;
  inventory?: ExternalArtifactReference[];
  /** `sha256:<hex>` of what the sources were. */
  observedSourcesDigest?: string;
}

/** One ExternalArtifact that was made. `filename`: its file in the storage. */
export interface ExternalArtifactReference {
  name: string;
  namespace: string;
  digest: string;
  filename: string;
}
