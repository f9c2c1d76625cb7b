import { findCondition, type Condition } from "@eddy/core/conditions";
import { valueAt, type KubeObject } from "@eddy/core/object";
import type { CliColumn } from "./kind.ts";

/** `True` or `False`: whether `spec.suspend` is set. */
export const suspendedCliColumn: CliColumn = {
  header: "Suspended",
  value: (object) => (valueAt(object, "spec", "suspend") === true ? "True" : "False"),
};

/** Status of the condition Ready; `False` while there is none. */
export const readyCliColumn: CliColumn = {
  header: "Ready",
  value: (object) => readyConditionOf(object)?.status ?? "False",
};

/** Message of the condition Ready with digests shortened, or `waiting to be reconciled`. */
export const messageCliColumn: CliColumn = {
  header: "Message",
  value: (object) => shortenRevisions(readyConditionOf(object)?.message ?? "waiting to be reconciled"),
};

/** The same with digests in full: of an image they are what one copies. */
export const fullMessageCliColumn: CliColumn = {
  header: "Message",
  value: (object) => readyConditionOf(object)?.message ?? "waiting to be reconciled",
};

/** A revision with its digest shortened. */
export function revisionCliColumn(...path: string[]): CliColumn {
  return { header: "Revision", value: (object) => shortenRevisions(textAt(object, ...path)) };
}

/** The condition Ready of an object, if it has one. */
export function readyConditionOf(object: KubeObject): Condition | undefined {
  return findCondition(valueAt(object, "status", "conditions") as Condition[] | undefined, "Ready");
}

/** Text at a path, "" where there is none. */
export function textAt(object: KubeObject, ...path: string[]): string {
  const value = valueAt(object, ...path);
  return typeof value === "string" ? value : "";
}

/** Shortens every hexadecimal word of 40 to 128 digits to 8: `main@sha1:696f056d`. Source: fluxcd/flux2 internal/utils/hex.go. */
export function shortenRevisions(text: string): string {
  return text.replace(/\b[a-f0-9]{40,128}\b/g, (hex) => hex.slice(0, 8));
}
