import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { anything, list, mapOf, oneOf, type JsonSchema } from "../schema.ts";
import type { Patch, Selector } from "../structs/kustomize.ts";

const note = "Of the older API versions; use `patches`.";

/** Fields that `v1beta1` and `v1beta2` had and that must survive being stored as `v1`. */
export const legacyPatchFields: Readonly<Record<string, JsonSchema>> = {
  patchesJson6902: list(mapOf(anything()), { description: note }),
  patchesStrategicMerge: list(anything(), { description: note }),
};

/** Fields of `v1beta1` and `v1beta2` that have had no effect since Flux 0.18: accepted there, as kubectl refuses what no schema knows. */
export const idleLegacyFields: Readonly<Record<string, JsonSchema>> = {
  validation: oneOf(["none", "client", "server"], { description: "Of the older API versions; it has no effect." }),
};

/** Moves the legacy patches of `spec` into `spec.patches`; see {@link mergeLegacyPatches}. */
export function upgradeLegacyPatches(object: KubeObject): KubeObject {
  const spec = object["spec"];
  if (isObject(spec)) object["spec"] = mergeLegacyPatches(spec);
  return object;
}

/**
 * Moves `patchesStrategicMerge` and `patchesJson6902` into `patches`, in the order in which they took effect: strategic
 * merges, `patches`, JSON patches. JSON text is YAML text. Source: kustomize-controller api v1beta2.
 */
export function mergeLegacyPatches(holder: JsonObject): JsonObject {
  const { patchesStrategicMerge: merges, patchesJson6902: operations, ...rest } = holder;
  if (merges === undefined && operations === undefined) return holder;
  const patches: unknown[] = [
    ...asList(merges).map((merge): Patch => ({ patch: asText(merge) })),
    ...asList(rest["patches"]),
    ...asList(operations).map(jsonPatch),
  ];
  return { ...rest, patches: patches as Json[] };
}

function jsonPatch(entry: unknown): Patch {
  const target = valueAt(entry, "target") as Selector | undefined;
  return { patch: asText(valueAt(entry, "patch")), ...(target === undefined ? {} : { target }) };
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
