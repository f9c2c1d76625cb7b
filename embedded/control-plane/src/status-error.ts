/** Failures in the form every Kubernetes client reads: `kind: Status`. Texts are those of k8s.io/apimachinery api/errors. */
import { EddyError } from "@eddy/core/errors";
import type { JsonObject } from "@eddy/core/json";

/** One reason among several, tied to a field. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** A refusal with its HTTP status and `Status.reason`; `code` is the reason in UPPER_SNAKE. */
export class StatusError extends EddyError {
  override readonly name: string = "StatusError";
  readonly httpStatus: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(httpStatus: number, reason: string, message: string, details?: StatusDetails) {
    super(reason.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase(), message, {
      class: httpStatus === 409 || httpStatus >= 500 || httpStatus === 429 ? "retry" : "terminal",
    });
    this.httpStatus = httpStatus;
    this.reason = reason;
    this.details = details;
  }

  /** The Status object, members in the order Go prints them. */
  toStatus(): JsonObject {
    const status: JsonObject = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
    };
    if (this.reason !== "") status["reason"] = this.reason;
    if (this.details !== undefined) status["details"] = JSON.parse(JSON.stringify(this.details)) as JsonObject;
    status["code"] = this.httpStatus;
    return status;
  }
}

/** What an error is about: the plural of the resource, its group and a name. */
export interface Subject {
  group: string;
  resource: string;
  name: string;
}

const qualified = (subject: Subject): string =>
  subject.group === "" ? subject.resource : `${subject.resource}.${subject.group}`;

const detailsOf = (subject: Subject): StatusDetails => ({
  ...(subject.name === "" ? {} : { name: subject.name }),
  ...(subject.group === "" ? {} : { group: subject.group }),
  kind: subject.resource,
});

/** 404: `configmaps "x" not found`. */
export function notFound(subject: Subject): StatusError {
  return new StatusError(
    404,
    "NotFound",
    `${qualified(subject)} ${JSON.stringify(subject.name)} not found`,
    detailsOf(subject),
  );
}

/** 409 on create. */
export function alreadyExists(subject: Subject): StatusError {
  return new StatusError(
    409,
    "AlreadyExists",
    `${qualified(subject)} ${JSON.stringify(subject.name)} already exists`,
    detailsOf(subject),
  );
}

/** 409 on a stale write. */
export function conflict(subject: Subject, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} ${JSON.stringify(subject.name)}: ${why}`;
  return new StatusError(409, "Conflict", message, detailsOf(subject));
}

/** 403 with the reason after the colon. */
export function forbidden(subject: Subject, why: string): StatusError {
  const named = subject.name === "" ? qualified(subject) : `${qualified(subject)} ${JSON.stringify(subject.name)}`;
  return new StatusError(403, "Forbidden", `${named} is forbidden: ${why}`, detailsOf(subject));
}

/** 400. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

/** 405. */
export function methodNotSupported(subject: Subject, action: string): StatusError {
  const message = `${action} is not supported on resources of kind ${JSON.stringify(qualified(subject))}`;
  return new StatusError(405, "MethodNotAllowed", message, detailsOf({ ...subject, name: "" }));
}

/** 500 with the cause's text. */
export function internalError(message: string): StatusError {
  return new StatusError(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** 415 that lists what is accepted. */
export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
  return new StatusError(415, "UnsupportedMediaType", message);
}

/** One violated rule at a field. `detail` is the text after the colon, `value` is shown where Go shows it. */
export interface FieldError {
  reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueDuplicate"
    | "FieldValueNotFound"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueTypeInvalid"
    | "InternalError";
  field: string;
  message: string;
}

const kindSubject = (group: string, kind: string): string => (group === "" ? kind : `${kind}.${group}`);

/** 422 with one cause per field error: `Deployment.apps "x" is invalid: spec.a: Required value`. */
export function invalid(
  about: { group: string; kind: string; name: string },
  errors: readonly FieldError[],
): StatusError {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const joined = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const message = `${kindSubject(about.group, about.kind)} ${JSON.stringify(about.name)} is invalid: ${joined}`;
  return new StatusError(422, "Invalid", message, {
    ...(about.name === "" ? {} : { name: about.name }),
    ...(about.group === "" ? {} : { group: about.group }),
    kind: about.kind,
    causes: errors.map(({ reason, message: text, field }) => ({ reason, message: text, field })),
  });
}

const shown = (value: unknown): string =>
  value !== null && typeof value === "object"
    ? JSON.stringify(value)
    : typeof value === "string"
      ? JSON.stringify(value)
      : String(value);

/** `Required value[: detail]`. */
export const required = (field: string, detail = ""): FieldError => ({
  reason: "FieldValueRequired",
  field,
  message: detail === "" ? "Required value" : `Required value: ${detail}`,
});

/** `Invalid value: <value>: detail`. */
export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  reason: "FieldValueInvalid",
  field,
  message: `Invalid value: ${shown(value)}: ${detail}`,
});

/** `Unsupported value: <value>: supported values: …`. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  reason: "FieldValueNotSupported",
  field,
  message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((item) => JSON.stringify(item)).join(", ")}`,
});

/** `Duplicate value: <value>`. */
export const duplicate = (field: string, value: unknown): FieldError => ({
  reason: "FieldValueDuplicate",
  field,
  message: `Duplicate value: ${shown(value)}`,
});

/** `Forbidden: detail`. */
export const forbiddenField = (field: string, detail: string): FieldError => ({
  reason: "FieldValueForbidden",
  field,
  message: `Forbidden: ${detail}`,
});
