import type { Clock } from "@eddy/core/clock";
import type { Condition } from "@eddy/core/conditions";
import type { GroupVersionKind, KubeObject, ObjectRef } from "@eddy/core/object";
import type { KindRef } from "@eddy/kube";
import type { ConditionMoment } from "./conditions.ts";
import type { ReconcilableObject } from "./object.ts";
import type { Outcome } from "./outcome.ts";
import type { Run } from "./run.ts";

/**
 * Another kind whose objects passes depend on. Which object depends on which is `references`; the watch starts when the
 * first object refers to the kind.
 */
export interface WatchDefinition {
  kind: KindRef;
  /** Keep and compare metadata only: Secrets and ConfigMaps, whose content need not stay in memory. */
  metadataOnly?: boolean;
  labelSelector?: string;
  /**
   * Whether this change is worth a pass of the dependants. `before` is absent for a new object, `after` for a deleted one.
   * Default: every change.
   */
  matters?(before: KubeObject | undefined, after: KubeObject | undefined): boolean;
  /**
   * Of the controller's own kind: a change of what reads the dependant in turn, itself or through others, is left to the dependant's
   * interval and requests. It may be the work of the dependant's own last pass, and following it would never end. Default: followed.
   */
  leavesCycles?: boolean;
}

/** One object of a kind that only a reconciled object names, and which of its changes matter. */
export interface ForeignReference {
  /** A namespace given for a kind that has none is not looked at. */
  ref: ObjectRef;
  /**
   * `state`: what `stateOf` says of the whole object; `existence`: what it says of the metadata; `version`: every change. The last two
   * keep content that is large or secret with the API server.
   */
  by: "state" | "existence" | "version";
}

/** Objects of kinds that only the reconciled objects name. A watch runs while somebody refers to its kind. */
export interface ForeignDefinition<T> {
  /** Cheap and pure. */
  references(object: T): readonly ForeignReference[];
  /** What of an object matters, short: a change of it requeues. */
  stateOf(object: KubeObject, clock: Clock): string;
  /**
   * Whether this change may requeue the object: a pass that comes with each one tells whose object it is that there is something, and
   * when it changes. Asked each time; a failure to find out is a yes.
   */
  mayBeTold(object: T, of: ObjectRef): Promise<boolean>;
}

/** When a failed pass is tried again: exponential (`--min-retry-delay` … `--max-retry-delay`), or always after the same time. */
export type RetryPolicy = { readonly kind: "backoff" } | { readonly kind: "fixed"; readonly delayMs: number };

/** A kind and how one pass over an object of it goes. */
export interface ControllerDefinition<T extends ReconcilableObject, Ports> {
  kind: GroupVersionKind;
  /** Reported in events, logs and metrics, like `kustomize-controller`. */
  name: string;
  /** Field manager of status and finalizers, like `gotk-kustomize-controller`. */
  fieldManager: string;
  finalizer: string;
  /** Negative conditions of the kind, removed when a pass succeeds. */
  negativeConditions?: readonly string[];
  /** The reason of Reconciling while a pass fails that does not conclude by itself; default `ProgressingWithRetry`. */
  retryingReason?: string;
  /** Other kinds that passes read. */
  watches: readonly WatchDefinition[];
  /** Every object that a pass over this one reads; a change of one that `matters` requeues it. Cheap and pure. */
  references(object: T): ObjectRef[];
  /** Objects of any kind that passes read besides. Default: none. */
  foreign?: ForeignDefinition<T>;
  /** Default: backoff. */
  retry?(object: T): RetryPolicy;
  /** Whether passes wait; default `spec.suspend`. */
  isSuspended?(object: T): boolean;
  /**
   * Whether the spec of a suspended object counts as observed: what depends on it goes by that. Its last request is said to be
   * handled in either case; without this member its status stays as it is.
   */
  observesSuspended?(object: T): boolean;
  /** The conditions of a suspended object whose spec counts as observed. Default: those that it has. */
  conditionsWhenSuspended?(conditions: readonly Condition[], moment: ConditionMoment): Condition[];
  /** Whether the object is left alone: no pass, no status, no finalizer, and what an earlier one left goes. Default: none is. */
  isStatic?(object: T): boolean;
  /** Whether the status has `observedGeneration`. Default true. */
  observesGeneration?: boolean;
  /** One level-based pass. */
  reconcile(run: Run<T>, ports: Ports): Promise<Outcome<T>>;
  /** What must happen before a deleted object goes; also for suspended ones. Default: nothing. */
  finalize?(run: Run<T>, ports: Ports): Promise<Outcome<T>>;
}

/** Names a controller's kind, watches and pass; the value is the definition itself. */
export function defineController<T extends ReconcilableObject, Ports>(
  definition: ControllerDefinition<T, Ports>,
): ControllerDefinition<T, Ports> {
  return definition;
}
