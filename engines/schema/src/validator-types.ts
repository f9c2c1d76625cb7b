import type { JsonObject } from "@eddy/core/json";
import type { SchemaProblem } from "./problem.ts";

/** Options of `createValidator`. */
export interface CreateValidatorOptions {
  /**
   * `structural` (a CRD's `openAPIV3Schema`, the default): what is not declared is pruned. `openapi` (a component of the API
   * server's OpenAPI document): an object without properties and a schema without type keep what they hold.
   */
  dialect?: "structural" | "openapi";
  /** Finds the schema of a `$ref`; only the openapi dialect has references. */
  resolveRef?: (ref: string) => JsonObject | undefined;
  /** Whether the schema is a whole object's: apiVersion, kind and metadata are then kept. Default true. */
  resourceRoot?: boolean;
}

/**
 * One schema, made ready once. Objects are never changed: results share structure with what was passed in. Nesting deeper than
 * 512 levels is refused with an EddyError SCHEMA_TOO_DEEP (terminal).
 */
export interface Validator {
  /** The object without fields that the schema does not have. */
  prune(object: JsonObject): JsonObject;
  /** Paths of fields that {@link prune} would drop, sorted: `spec.ports[0].zz`. For `unknown field "spec.ports[0].zz"`. */
  unknownFields(object: JsonObject): string[];
  /** The object with defaults set, and with nulls dropped where the schema is not nullable. */
  applyDefaults(object: JsonObject): JsonObject;
  /**
   * Everything wrong with an object: types and constraints, list sets and maps, then CEL rules. With `old` (an update) unchanged
   * values are not blamed (ratcheting) and transition rules (`oldSelf`) run. Empty where it is valid.
   */
  validate(object: JsonObject, old?: JsonObject): SchemaProblem[];
}
