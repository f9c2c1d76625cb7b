/** What one kind does differently from the others. */
import type { KubeObject } from "@eddy/core/object";
import type { Kernel } from "../kernel.ts";
import type { FieldError } from "../status-error.ts";

/** Circumstances of a write. */
export interface WriteContext {
  kernel: Kernel;
  now: Date;
  dryRun: boolean;
}

/** A fresh object: strategies may change it in place; `live` objects are shared and must not be changed. */
export interface KindStrategy {
  /** Fills in what Go's defaulting functions fill in. Runs on every decoded object; idempotent. */
  applyDefaults?(object: KubeObject): void;
  /** Allocates and resets before validation of a create. */
  prepareCreate?(object: KubeObject, context: WriteContext): void;
  /** Carries over what an update through the main resource may not or need not say. */
  prepareUpdate?(object: KubeObject, live: KubeObject, context: WriteContext): void;
  validate?(object: KubeObject): FieldError[];
  /** Immutable fields and transitions. */
  validateUpdate?(object: KubeObject, live: KubeObject): FieldError[];
  /** After the change is stored; may write other objects. Not called for dry runs. */
  afterWrite?(object: KubeObject, live: KubeObject | undefined, context: WriteContext): void;
  afterDelete?(object: KubeObject, context: WriteContext): void;
  /** Whether metadata.generation counts changes of the spec. */
  generation?: boolean;
  /** A change of annotations counts as well (Deployment). */
  annotationsCount?: boolean;
  /** Form of metadata.name. Default: RFC 1123 subdomain. */
  nameForm?: "subdomain" | "label" | "path" | "service";
  /** PUT of a missing object creates it. */
  createsOnUpdate?: boolean;
  /** PUT without resourceVersion is refused. */
  needsVersionOnUpdate?: boolean;
  /** DELETE answers with the object instead of a Status. */
  answersDeleted?: boolean;
  /** A client's status is kept on create (Node). */
  keepsStatusOnCreate?: boolean;
  /** Seconds a deleted object lives on with a deletionTimestamp; 0 for at once. */
  gracePeriodSeconds?(object: KubeObject, requested: number | undefined): number;
}
