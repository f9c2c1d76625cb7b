import type { JsonObject } from "@eddy/core/json";
import type { FieldSet } from "../fields/field-set.ts";
import type { MergeType } from "../typed/merge-type.ts";

/** What the merge must know of one resource. Objects are plain JSON and are never changed by this package. */
export interface ResourceSchema {
  /** The type of objects of an apiVersion (`apps/v1`), or undefined where it is no longer served: its owners are forgotten. */
  typeOf(apiVersion: string): MergeType | undefined;
  /** The object in another version. Default: only `apiVersion` is rewritten. */
  convert?(object: JsonObject, apiVersion: string): JsonObject;
  /**
   * Fields that a write through this (sub)resource resets and therefore never owns, with everything below them:
   * `status` for the main resource, `spec` for `/status`.
   */
  resetFields?(apiVersion: string): FieldSet | undefined;
  /**
   * An object of the kind with nothing set, as Go writes it: built-in kinds have their embedded structs (`spec: {strategy: {}}`).
   * Default: `{apiVersion, kind}`, right for custom resources.
   */
  zeroObject?(apiVersion: string): JsonObject;
}

/** Who writes, and through what. */
export interface WriteRequest {
  /** Field manager name; "" is recorded as `unknown`. */
  manager: string;
  /** apiVersion of the request (`apps/v1`). */
  apiVersion: string;
  kind: string;
  /** `status`, `scale`, …; absent for the main resource. */
  subresource?: string;
  /** Time of the write. */
  now: Date;
}

/** An apply; `force` takes over conflicting fields. */
export interface ApplyRequest extends WriteRequest {
  force: boolean;
}

/** One field that another manager owns with another value; as in `details.causes` of the 409. */
export interface ConflictCause {
  reason: "FieldManagerConflict";
  message: string;
  /** Path as the server prints it: `.spec.template.spec.containers[name="c"].image`. */
  field: string;
}

/**
 * What an apply came to. `applied`: the object with its managedFields, not yet defaulted (run the kind's defaults when `changed`;
 * nobody owns what they add), and whether anything but managedFields changed;
 * `conflict`: nothing happened, the server answers 409 with this message and these causes.
 */
export type ApplyOutcome =
  | { kind: "applied"; object: JsonObject; changed: boolean }
  | { kind: "conflict"; message: string; causes: ConflictCause[] };

/** One manager's fields in memory. */
export interface ManagerEntry {
  readonly set: FieldSet;
  readonly apiVersion: string;
  readonly applied: boolean;
}

/** All managers of an object, by identity. */
export interface Managed {
  readonly fields: Map<string, ManagerEntry>;
  /** RFC 3339 to the second; absent for an entry that never changed the object. */
  readonly times: Map<string, string>;
}
