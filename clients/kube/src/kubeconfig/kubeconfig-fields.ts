import { EddyError } from "@eddy/core/errors";
import type { JsonObject } from "@eddy/core/json";

/** A list of texts, or undefined when there is no list. */
export function textsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** A string member; "" counts as absent, as Go's zero value does. */
export function textOf(body: JsonObject, field: string, file?: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw invalid(`read ${field}: want text, not ${typeof value}`, file, field);
  return value;
}

/** The text behind a base64 member. */
export function pemOf(body: JsonObject, field: string, file?: string): string | undefined {
  const data = textOf(body, field, file);
  if (data === undefined) return undefined;
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(data.trimEnd())) throw invalid(`read ${field}: want base64`, file, field);
  return Buffer.from(data, "base64").toString("utf8");
}

/** Drops undefined members, so that exact optional properties stay absent. */
export function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

/** KUBECONFIG_INVALID (terminal), naming file and field. */
export function invalid(message: string, file?: string, field?: string): EddyError {
  return new EddyError("KUBECONFIG_INVALID", message, {
    class: "terminal",
    position: { ...(file === undefined ? {} : { file }), ...(field === undefined ? {} : { field }) },
  });
}
