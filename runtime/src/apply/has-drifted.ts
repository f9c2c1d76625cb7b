import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/**
 * Whether applying would change what is in the cluster: labels, annotations, and everything outside metadata and status.
 * `dryRun` is the server's answer to a dry-run of the apply. Source: Flux ssa `hasDrifted`.
 */
export function hasDrifted(live: KubeObject, dryRun: KubeObject): boolean {
  if (!sameMap(live.metadata.labels, dryRun.metadata.labels)) return true;
  if (!sameMap(live.metadata.annotations, dryRun.metadata.annotations)) return true;
  return !deepEqual(contentOf(live), contentOf(dryRun));
}

function sameMap(left: Record<string, string> | undefined, right: Record<string, string> | undefined): boolean {
  return deepEqual(left ?? {}, right ?? {});
}

function contentOf(object: KubeObject): JsonObject {
  const { metadata: _metadata, status: _status, ...content } = object;
  if (object.kind !== "HorizontalPodAutoscaler") return content as JsonObject;
  return withoutDuplicateMetrics(content as JsonObject);
}

// Servers before 1.27 answer a dry-run with the first metric twice and an empty one at the end.
function withoutDuplicateMetrics(content: JsonObject): JsonObject {
  const { spec } = content;
  if (!isObject(spec) || !Array.isArray(spec["metrics"])) return content;
  const metrics = spec["metrics"].filter(
    (metric, index, all) =>
      isObject(metric) && metric["type"] && all.findIndex((other) => deepEqual(other, metric)) === index,
  );
  return { ...content, spec: { ...spec, metrics } };
}
