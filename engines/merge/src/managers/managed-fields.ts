import { compareText, isObject, type Json, type JsonObject } from "@eddy/core/json";
import type { ManagedFieldsEntry } from "@eddy/core/object";
import type { FieldSet } from "../fields/field-set.ts";
import { decodeFieldsV1, encodeFieldsV1 } from "../fields/fields-v1.ts";
import { MergeError } from "../merge-error.ts";
import type { Managed, ManagerEntry } from "./types.ts";

/** What tells one entry from another: manager, operation, subresource, and for updates the apiVersion. Never the time. */
export interface ManagerIdentity {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion?: string;
  subresource?: string;
}

/** The text by which an entry is known; an applier keeps its identity when it applies in another version. */
export function formatIdentity(identity: ManagerIdentity): string {
  const { manager, operation, apiVersion, subresource } = identity;
  return JSON.stringify({
    ...(manager === "" ? {} : { manager }),
    operation,
    ...(operation === "Apply" || apiVersion === undefined ? {} : { apiVersion }),
    ...(subresource ? { subresource } : {}),
  });
}

/** The other way. */
export function parseIdentity(text: string): Partial<ManagerIdentity> {
  return JSON.parse(text) as Partial<ManagerIdentity>;
}

const decoded = new WeakMap<object, FieldSet>();

function decodeSet(fields: JsonObject | undefined): FieldSet {
  if (fields === undefined) return decodeFieldsV1({});
  const known = decoded.get(fields);
  if (known !== undefined) return known;
  const set = decodeFieldsV1(fields);
  decoded.set(fields, set);
  return set;
}

/**
 * Reads `metadata.managedFields`. Entries are taken as immutable: their sets are remembered by object identity.
 * @throws MergeError 422 for an entry that the API server cannot decode.
 */
export function decodeManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  const managed: Managed = { fields: new Map(), times: new Map() };
  for (const [index, entry] of (entries ?? []).entries()) {
    checkEntry(entry, index);
    const id = formatIdentity({ ...(entry as ManagerIdentity), manager: entry.manager ?? "" });
    const set = decodeSet(entry.fieldsV1);
    managed.fields.set(id, { set, apiVersion: entry.apiVersion as string, applied: entry.operation === "Apply" });
    if (entry.time !== undefined && entry.time !== null) managed.times.set(id, entry.time);
  }
  return managed;
}

function checkEntry(entry: ManagedFieldsEntry, index: number): void {
  if (entry.operation !== "Apply" && entry.operation !== "Update") {
    throw new MergeError(422, "operation must be `Apply` or `Update`");
  }
  if (!entry.apiVersion) throw new MergeError(422, "apiVersion must not be empty");
  if (!entry.fieldsType) throw new MergeError(422, `missing fieldsType in managed fields entry ${index}`);
  if (entry.fieldsType !== "FieldsV1") {
    throw new MergeError(
      422,
      `invalid fieldsType ${JSON.stringify(entry.fieldsType)} in managed fields entry ${index}`,
    );
  }
}

/** Writes `metadata.managedFields`, sorted as the API server does; undefined where nobody owns anything. */
export function encodeManagedFields(managed: Managed): ManagedFieldsEntry[] | undefined {
  if (managed.fields.size === 0) return undefined;
  const entries = [...managed.fields].map(([id, entry]) => encodeEntry(id, entry, managed.times.get(id)));
  return entries.sort(compareEntries);
}

function encodeEntry(id: string, entry: ManagerEntry, time: string | undefined): ManagedFieldsEntry {
  const { manager, operation, subresource } = parseIdentity(id);
  const fieldsV1 = encodeFieldsV1(entry.set);
  decoded.set(fieldsV1, entry.set);
  return {
    ...(manager === undefined ? {} : { manager }),
    operation: entry.applied ? "Apply" : (operation ?? "Update"),
    apiVersion: entry.apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: "FieldsV1",
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** Seconds since the epoch; 0 for none, so that entries without time come first. */
export function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000);
}

function compareEntries(left: ManagedFieldsEntry, right: ManagedFieldsEntry): number {
  return (
    compareText(left.operation ?? "", right.operation ?? "") ||
    secondsOf(left.time) - secondsOf(right.time) ||
    compareText(left.manager ?? "", right.manager ?? "") ||
    compareText(left.apiVersion ?? "", right.apiVersion ?? "") ||
    compareText(left.subresource ?? "", right.subresource ?? "")
  );
}

/** The `managedFields` of an object, or undefined where it has none. */
export function managedFieldsOf(object: JsonObject | undefined): ManagedFieldsEntry[] | undefined {
  const metadata = object?.metadata;
  if (!isObject(metadata)) return undefined;
  const entries = metadata.managedFields;
  return Array.isArray(entries) ? (entries as unknown as ManagedFieldsEntry[]) : undefined;
}

/** A shallow copy of an object with these managedFields, or without any. */
export function withManagedFields(object: JsonObject, entries: ManagedFieldsEntry[] | undefined): JsonObject {
  const { managedFields, ...metadata } = isObject(object.metadata) ? object.metadata : {};
  if (entries === undefined) {
    return managedFields === undefined && isObject(object.metadata) ? object : { ...object, metadata };
  }
  return { ...object, metadata: { ...metadata, managedFields: entries as unknown as Json } };
}

/** Whether a write asks to forget all managers: an empty list, or a list of one empty entry. */
export function isManagedFieldsReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined) return false;
  if (entries.length === 0) return true;
  return entries.length === 1 && Object.keys(entries[0] as object).length === 0;
}
