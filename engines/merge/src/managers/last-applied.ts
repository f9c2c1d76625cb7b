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

function annotationsOf(object: JsonObject): JsonObject | undefined {
  const annotations = isObject(object.metadata) ? object.metadata.annotations : undefined;
  return isObject(annotations) ? annotations : undefined;
}

/**
 * The fields that client-side apply set and that still have that value: an apply by `kubectl` may take them. Undefined where the
 * annotation is missing, unreadable, or of another version. Source: apimachinery `lastappliedmanager.go`.
 */
export function forgivenConflicts(type: MergeType, live: JsonObject, apiVersion: string): FieldSet | undefined {
  const lastApplied = parseAnnotation(annotationsOf(live)?.[lastAppliedAnnotation]);
  if (lastApplied === undefined || lastApplied.apiVersion !== apiVersion) return undefined;
  if (validateType(type, lastApplied).length > 0) return undefined;
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
  const next: JsonObject = { ...annotations, [lastAppliedAnnotation]: value };
  if (sizeOf(next) > maxAnnotationsBytes) delete next[lastAppliedAnnotation];
  return { ...object, metadata: { ...(object.metadata as JsonObject), annotations: next } };
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const annotations = annotationsOf(config);
  if (annotations?.[lastAppliedAnnotation] === undefined) return config;
  const { [lastAppliedAnnotation]: _dropped, ...others } = annotations;
  return { ...config, metadata: { ...(config.metadata as JsonObject), annotations: others } };
}

function sizeOf(annotations: JsonObject): number {
  let bytes = 0;
  for (const name in annotations) bytes += Buffer.byteLength(name) + Buffer.byteLength(String(annotations[name] ?? ""));
  return bytes;
}
