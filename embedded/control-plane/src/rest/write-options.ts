/** The query parameters of writes. */
import type { ApiRequest } from "../http/api-request.ts";
import { StatusError } from "../status-error.ts";
import type { FieldValidation } from "./decode-object.ts";
import type { WriteRequestOptions } from "./write-object.ts";

function invalidOption(kind: string, field: string, message: string, reason: string): StatusError {
  return new StatusError(422, "Invalid", `${kind}.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: "meta.k8s.io",
    kind,
    causes: [{ reason, message, field }],
  });
}

/** Reads dryRun, fieldManager; the default manager is the first part of the user agent. @throws StatusError 422. */
export function readWriteOptions(
  request: ApiRequest,
  kind: "CreateOptions" | "UpdateOptions" | "PatchOptions",
): WriteRequestOptions {
  const dryRun = request.query.getAll("dryRun").filter((value) => value !== "");
  const bad = dryRun.find((value) => value !== "All");
  if (bad !== undefined) {
    throw invalidOption(
      kind,
      "dryRun",
      `Unsupported value: ["${bad}"]: supported values: "All"`,
      "FieldValueNotSupported",
    );
  }
  const named = request.query.get("fieldManager") ?? "";
  if (named.length > 128)
    throw invalidOption(kind, "fieldManager", "Too long: may not be more than 128 bytes", "FieldValueTooLong");
  const agent = (request.headers["user-agent"] ?? "").split("/")[0]?.slice(0, 128) ?? "";
  return { manager: named === "" ? agent : named, user: request.user, dryRun: dryRun.length > 0 };
}

/** Reads fieldValidation; Warn when absent. @throws StatusError 422. */
export function readFieldValidation(
  request: ApiRequest,
  kind: "CreateOptions" | "UpdateOptions" | "PatchOptions",
): FieldValidation {
  const value = request.query.get("fieldValidation") ?? "";
  if (value === "") return "Warn";
  if (value === "Ignore" || value === "Warn" || value === "Strict") return value;
  throw invalidOption(
    kind,
    "fieldValidation",
    `Unsupported value: ${JSON.stringify(value)}: supported values: "", "Ignore", "Strict", "Warn"`,
    "FieldValueNotSupported",
  );
}

/** 422 for an apply without a manager. */
export const fieldManagerRequired = (): StatusError =>
  invalidOption("PatchOptions", "fieldManager", "Required value: is required for apply patch", "FieldValueRequired");
