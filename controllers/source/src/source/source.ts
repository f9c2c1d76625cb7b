import type { Artifact } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { ReconcilableStatus } from "@eddy/runtime/controller";

/** An object that is looked at upstream and stored as an artifact: what the shared stages read and write of every kind. */
export interface Source extends KubeObject {
  spec: object;
  status?: SourceStatus;
}

/** See {@link Source}. */
export interface SourceStatus extends ReconcilableStatus {
  artifact?: Artifact;
  /** Where a fixed name leads to the newest artifact, for kinds that have one. */
  url?: string;
}
