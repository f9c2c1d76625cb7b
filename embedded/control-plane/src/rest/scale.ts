/** `/scale`: the replicas of a workload as an autoscaling/v1 Scale. */
import { isObject, type JsonObject } from "@eddy/core/json";
import { cloneJson, valueAt, type KubeObject, type ManagedFieldsEntry } from "@eddy/core/object";
import { applyJsonPatch, applyMergePatch } from "@eddy/merge";
import { decodeBody, mediaType, parseJson, parseYaml } from "../http/decode-body.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { readPath } from "../json-path.ts";
import type { Kernel } from "../kernel.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { badRequest, internalError, invalid, invalidValue, unsupportedMediaType } from "../status-error.ts";
import { inRequestedVersion } from "./list.ts";
import { readWriteOptions } from "./write-options.ts";
import { requireObject, trackManagers, updateObject } from "./write-object.ts";

function selectorText(info: ResourceInfo, object: KubeObject): string {
  if (info.custom) {
    const path = info.custom.scale?.labelSelectorPath;
    const [value] = path === undefined ? [] : readPath(object, path);
    return typeof value === "string" ? value : "";
  }
  const selector = valueAt(object, "spec", "selector");
  const labels = isObject(selector)
    ? isObject(selector["matchLabels"])
      ? selector["matchLabels"]
      : "matchExpressions" in selector
        ? {}
        : selector
    : {};
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(",");
}

const replicasPaths = (info: ResourceInfo): { spec: string; status: string } => ({
  spec: info.custom?.scale?.specReplicasPath ?? ".spec.replicas",
  status: info.custom?.scale?.statusReplicasPath ?? ".status.replicas",
});

/** The Scale of an object. @throws StatusError 500 where a custom object has no replicas, as the original does. */
export function scaleOf(info: ResourceInfo, object: KubeObject): JsonObject {
  const paths = replicasPaths(info);
  const [replicas] = readPath(object, paths.spec);
  if (info.custom && replicas === undefined)
    throw internalError(`the spec replicas field ${JSON.stringify(paths.spec)} does not exist`);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(info, object);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: uid ?? "",
      resourceVersion: resourceVersion ?? "",
      creationTimestamp: creationTimestamp ?? null,
    },
    spec: typeof replicas === "number" && replicas !== 0 ? { replicas } : {},
    status: { replicas: Number(readPath(object, paths.status)[0] ?? 0), ...(selector === "" ? {} : { selector }) },
  };
}

async function wantedScale(request: ApiRequest, current: JsonObject): Promise<JsonObject> {
  const body = Buffer.from(request.body).toString("utf8");
  const type = mediaType(request.headers["content-type"]);
  let wanted: unknown;
  if (request.method !== "PATCH")
    wanted = (await decodeBody(request.body, request.headers["content-type"], false)).value;
  else if (type === "application/json-patch+json") wanted = applyJsonPatch(current, parseJson(body));
  else if (type === "application/apply-patch+yaml") wanted = applyMergePatch(current, await parseYaml(body));
  else if (type === "application/merge-patch+json" || type === "application/strategic-merge-patch+json")
    wanted = applyMergePatch(current, parseJson(body));
  else
    throw unsupportedMediaType([
      "application/json-patch+json",
      "application/merge-patch+json",
      "application/apply-patch+yaml",
    ]);
  if (!isObject(wanted)) throw badRequest("the scale is not an object");
  return wanted;
}

/** Entries of the scale subresource carry no time, and therefore come first. */
function withoutScaleTime(object: KubeObject): KubeObject {
  const entries = object.metadata.managedFields;
  if (!entries) return object;
  const timeless = entries.map((entry): ManagedFieldsEntry => {
    if (entry.subresource !== "scale") return entry;
    const { time: _time, ...rest } = entry;
    return rest;
  });
  const managedFields = [
    ...timeless.filter((entry) => entry.time === undefined),
    ...timeless.filter((entry) => entry.time !== undefined),
  ];
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

/** Sets the replicas. @throws StatusError 404, 409, 422. */
export async function writeScale(
  kernel: Kernel,
  info: ResourceInfo,
  target: { namespace: string; name: string },
  request: ApiRequest,
): Promise<JsonObject> {
  const live = inRequestedVersion(requireObject(kernel, info, target.namespace, target.name), info);
  const wanted = await wantedScale(request, scaleOf(info, live));
  const replicas = valueAt(wanted, "spec", "replicas") ?? 0;
  if (typeof replicas !== "number" || replicas < 0) {
    throw invalid({ group: "autoscaling", kind: "Scale", name: target.name }, [
      invalidValue("spec.replicas", replicas, "must be greater than or equal to 0"),
    ]);
  }
  const next = cloneJson<KubeObject>(live);
  const path = replicasPaths(info)
    .spec.split(".")
    .filter((part) => part !== "");
  const last = path.pop() ?? "replicas";
  const parent = path.reduce<JsonObject>((at, key) => (at[key] ??= {}) as JsonObject, next as JsonObject);
  parent[last] = replicas;
  const version = valueAt(wanted, "metadata", "resourceVersion");
  next.metadata.resourceVersion =
    typeof version === "string" && version !== "" ? version : (live.metadata.resourceVersion ?? "");
  const options = readWriteOptions(request, request.method === "PATCH" ? "PatchOptions" : "UpdateOptions");
  const tracked = withoutScaleTime(trackManagers(kernel, info, "scale", live, next, options.manager));
  return scaleOf(info, updateObject(kernel, info, "scale", live, tracked, options));
}
