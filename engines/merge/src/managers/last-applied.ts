import { isObject, sortKeys, type Json, type JsonObject } from "@eddy/core/json";
import { subtractSet, type FieldSet } from "../fields/field-set.ts";
import { formatGoJson } from "../fields/path-element.ts";
import { compareValues } from "../typed/compare-values.ts";
import type { MergeType } from "../typed/merge-type.ts";
import { toFieldSet } from "../typed/to-field-set.ts";
import { validateType } from "../typed/validate.ts";

/** Where `kubectl apply` keeps what it applied. */
export const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

const maxAnnotationsBytes = 256 * 1024;

/** Annotations as Go reads them: null is "", and one value of another type makes all of them unreadable. */
function annotationsOf(object: JsonObject): Record<string, string> | undefined {
  const annotations = isObject(object.metadata) ? object.metadata.annotations : undefined;
  if (!isObject(annotations)) return undefined;
  const result: Record<string, string> = {};
  for (const name in annotations) {
    const value = annotations[name];
    if (value !== undefined && value !== null && typeof value !== "string") return undefined;
    if (value !== undefined) result[name] = value ?? "";
  }
  return result;
}

/**
 * The fields that client-side apply set and that still have that value: an apply by `kubectl` may take them. Undefined where the
 * annotation is missing, unreadable, or of another version. Source: apimachinery `lastappliedmanager.go`.
 */
export function forgivenConflicts(type: MergeType, live: JsonObject, apiVersion: string): FieldSet | undefined {
  const lastApplied = parseAnnotation(annotationsOf(live)?.[lastAppliedAnnotation]);
  if (lastApplied === undefined || lastApplied.apiVersion !== apiVersion) return undefined;
  // Unlike everywhere else, a live object with duplicated items is refused here.
  if (validateType(type, lastApplied).length > 0 || validateType(type, live).length > 0) return undefined;
  const { added, modified, removed } = compareValues(type, lastApplied, live);
  return subtractSet(subtractSet(subtractSet(toFieldSet(type, lastApplied), modified), added), removed);
}

function parseAnnotation(text: Json | undefined): JsonObject | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) && typeof value.kind === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The object with its last-applied annotation rewritten to this config, if it has one; dropped where all annotations together
 * would pass 256 KiB. Source: apimachinery `lastappliedupdater.go`.
 */
export function refreshLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const annotations = annotationsOf(object);
  if (annotations === undefined || !annotations[lastAppliedAnnotation]) return object;
  const value = `${formatGoJson(sortKeys(withoutAnnotation(config)))}\n`;
  const next: Record<string, string> = { ...annotations, [lastAppliedAnnotation]: value };
  if (sizeOf(next) > maxAnnotationsBytes) delete next[lastAppliedAnnotation];
  return { ...object, metadata: { ...(object.metadata as JsonObject), annotations: next } };
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const { annotations: _raw, ...metadata } = isObject(config.metadata) ? config.metadata : {};
  const annotations = annotationsOf(config);
  if (annotations === undefined) return { ...config, metadata };
  const { [lastAppliedAnnotation]: _dropped, ...others } = annotations;
  return { ...config, metadata: { ...metadata, annotations: others } };
}

function sizeOf(annotations: Record<string, string>): number {
  let bytes = 0;
  for (const name in annotations) bytes += Buffer.byteLength(name) + Buffer.byteLength(annotations[name] ?? "");
  return bytes;
}
