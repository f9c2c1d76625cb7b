import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { legacyPatchFields, mergeLegacyPatches } from "../kustomize/legacy-fields.ts";
import { text, type JsonSchema } from "../schema.ts";

/**
 * The spec's schema with the fields that `v2beta1` and `v2beta2` had, which must survive being stored as `v2`:
 * `chart.spec.valuesFile`, and the post-renderers' `patchesStrategicMerge` and `patchesJson6902`.
 */
export function withLegacyHelmFields(spec: JsonSchema): JsonSchema {
  const valuesFile = text({ description: "Of the older API versions; use `valuesFiles`." });
  return widen(widen(spec, ["chart", "spec"], { valuesFile }), ["postRenderers", "kustomize"], legacyPatchFields);
}

function widen(schema: JsonSchema, path: readonly string[], more: Readonly<Record<string, JsonSchema>>): JsonSchema {
  if (schema.items) return { ...schema, items: widen(schema.items, path, more) };
  const [name, ...rest] = path;
  if (name === undefined) return { ...schema, properties: { ...schema.properties, ...more } };
  const member = schema.properties?.[name] ?? {};
  return { ...schema, properties: { ...schema.properties, [name]: widen(member, rest, more) } };
}

/** Moves those fields to where `v2` has them: the values file before the values files, patches into `patches`. `object` may be changed. */
export function upgradeLegacyHelmFields(object: KubeObject): KubeObject {
  const spec = object["spec"];
  if (!isObject(spec)) return object;
  const chart = isObject(spec["chart"]) ? spec["chart"] : undefined;
  if (chart && isObject(chart["spec"])) chart["spec"] = mergeValuesFile(chart["spec"]);
  if (Array.isArray(spec["postRenderers"])) spec["postRenderers"] = spec["postRenderers"].map(upgradePostRenderer);
  return object;
}

function mergeValuesFile(chart: JsonObject): JsonObject {
  const { valuesFile, ...rest } = chart;
  if (valuesFile === undefined) return chart;
  const files = Array.isArray(rest["valuesFiles"]) ? rest["valuesFiles"] : [];
  return valuesFile === "" ? rest : { ...rest, valuesFiles: [valuesFile, ...files] };
}

function upgradePostRenderer(renderer: Json): Json {
  if (!isObject(renderer) || !isObject(renderer["kustomize"])) return renderer;
  return { ...renderer, kustomize: mergeLegacyPatches(renderer["kustomize"]) };
}
