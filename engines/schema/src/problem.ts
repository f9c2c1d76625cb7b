import { sortKeys, type Json } from "@eddy/core/json";
import { quoteGo } from "@eddy/core/go-text";

/** Why a value is refused, as in `details.causes[].reason` of the API server. */
export type ProblemReason =
  | "FieldValueInvalid"
  | "FieldValueTypeInvalid"
  | "FieldValueRequired"
  | "FieldValueNotSupported"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "InternalError";

/**
 * One thing wrong with an object: a cause of the API server's 422. `field` is the path (`spec.ports[0].name`, `<nil>` for the
 * object itself), `message` what stands in the cause (`Required value`, `Invalid value: 0: spec.size in body should be …`).
 */
export interface SchemaProblem {
  reason: ProblemReason;
  field: string;
  message: string;
}

function formatValue(value: Json): string {
  if (typeof value === "string") return quoteGo(value);
  if (typeof value !== "object") return String(value);
  return JSON.stringify(sortKeys(value), (_key, member: unknown) =>
    typeof member === "bigint" ? Number(member) : member,
  );
}

function withDetail(text: string, detail: string): string {
  return detail === "" ? text : `${text}: ${detail}`;
}

/** A value that must not be; without a value (undefined) it is not shown. */
export function invalidValue(field: string, value: Json | undefined, detail: string): SchemaProblem {
  const shown = value === undefined ? "Invalid value" : `Invalid value: ${formatValue(value)}`;
  return { reason: "FieldValueInvalid", field, message: withDetail(shown, detail) };
}

/** A value of a wrong type. */
export function invalidType(field: string, value: Json, detail: string): SchemaProblem {
  return {
    reason: "FieldValueTypeInvalid",
    field,
    message: withDetail(`Invalid value: ${formatValue(value)}`, detail),
  };
}

/** A value that is missing. */
export function requiredValue(field: string, detail = ""): SchemaProblem {
  return { reason: "FieldValueRequired", field, message: withDetail("Required value", detail) };
}

/** Something that must not be set at all. */
export function forbiddenValue(field: string, detail: string): SchemaProblem {
  return { reason: "FieldValueForbidden", field, message: withDetail("Forbidden", detail) };
}

/** A value that is none of an enumeration's. */
export function unsupportedValue(field: string, value: Json, supported: readonly Json[]): SchemaProblem {
  const names = supported.map((name) => quoteGo(typeof name === "string" ? name : formatValue(name)));
  const detail = names.length === 0 ? "" : `supported values: ${names.join(", ")}`;
  return {
    reason: "FieldValueNotSupported",
    field,
    message: withDetail(`Unsupported value: ${formatValue(value)}`, detail),
  };
}

/** A value that another item has already. */
export function duplicateValue(field: string, value: Json): SchemaProblem {
  return { reason: "FieldValueDuplicate", field, message: `Duplicate value: ${formatValue(value)}` };
}

/** Text of more bytes than allowed. */
export function tooLong(field: string, limit: number): SchemaProblem {
  const detail = `may not be more than ${limit} ${limit === 1 ? "byte" : "bytes"}`;
  return { reason: "FieldValueTooLong", field, message: `Too long: ${detail}` };
}

/** More items or properties than allowed. */
export function tooMany(field: string, count: number, limit: number): SchemaProblem {
  const detail = `must have at most ${limit} ${limit === 1 ? "item" : "items"}`;
  return { reason: "FieldValueTooMany", field, message: `Too many: ${count}: ${detail}` };
}

/**
 * The message of the API server's 422: `Kind.group "name" is invalid: field: message`, several in brackets, each once.
 * `kind` is `<Kind>.<group>`, or the kind alone in the core group.
 */
export function formatInvalid(kind: string, name: string, problems: readonly SchemaProblem[]): string {
  const texts = [...new Set(problems.map(({ field, message }) => `${field}: ${message}`))];
  const head = `${kind} ${quoteGo(name)} is invalid`;
  if (texts.length === 0) return head;
  return texts.length === 1 ? `${head}: ${texts[0]}` : `${head}: [${texts.join(", ")}]`;
}
