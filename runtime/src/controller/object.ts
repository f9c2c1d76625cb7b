import type { Condition } from "@eddy/core/conditions";
import type { KubeObject } from "@eddy/core/object";

/** The part of every reconciled kind's status that the frame reads and writes. Source: Flux spec 1.0, 3.0. */
export interface ReconcilableStatus {
  observedGeneration?: number;
  conditions?: Condition[];
  lastHandledReconcileAt?: string;
}

/** An object that a controller reconciles: a Flux kind with `spec.interval`, `spec.suspend` and a status subresource. */
export interface ReconcilableObject extends KubeObject {
  spec: object;
  status?: ReconcilableStatus;
}

/** The status type of a kind. */
export type StatusOf<T extends ReconcilableObject> = NonNullable<T["status"]>;
