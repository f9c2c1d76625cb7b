import { digestOf } from "@eddy/core/digest";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import { formatGoJson, formatGoStruct } from "../record/go-json.ts";
import { releaseShapes } from "../record/release-json.ts";
import type { Release, ReleaseHook, ReleaseInfo } from "../record/release.ts";
import type { ReleaseSnapshot } from "./release-state.ts";

const hookFields = ["name", "kind", "path", "manifest", "events"] as const;
const hookTailFields = ["weight", "delete_policies", "output_log_policies"] as const;

/**
 * `sha256:<hex>` of a stored revision, test hooks aside: equal as long as nobody wrote it again. Go's JSON of helm-controller's
 * observation, fields in the order of its structs, with a line feed. Source: helm-controller `release/observation.go`, v1.6.
 */
export function observationDigest(release: Release, ociDigest: string = ""): string {
  const hooks = (release.hooks ?? []).filter(({ events }) => !events?.includes("test")).map(formatHook);
  const { name, version, info, chart, config = {}, manifest = "", namespace } = release;
  const observation = formatGoStruct([
    ["name", formatGoJson(name)],
    ["version", formatGoJson(version)],
    ["info", formatGoStruct(present(info, releaseShapes.info))],
    ["chartMetadata", formatMetadata(chart.metadata ?? {})],
    ["config", isEmpty(config) ? "null" : formatGoJson(config)],
    ["manifest", formatGoJson(manifest)],
    ["hooks", hooks.length === 0 ? "null" : `[${hooks.join(",")}]`],
    ["namespace", formatGoJson(namespace)],
    ...(ociDigest === "" ? [] : [["ociDigest", formatGoJson(ociDigest)] as const]),
  ]);
  return digestOf(`${observation}\n`);
}

function formatMetadata(metadata: JsonObject): string {
  const own = present(metadata, releaseShapes.metadata).map(([field, json]): [string, string] => {
    const value = metadata[field];
    if (field === "maintainers")
      return [field, formatList(value, (entry) => present(entry, releaseShapes.maintainers))];
    if (field === "dependencies") return [field, formatList(value, dependencyFields)];
    return [field, json];
  });
  return formatGoStruct(own);
}

function formatList(value: Json | undefined, fieldsOf: (entry: JsonObject) => [string, string][]): string {
  const entries = Array.isArray(value) ? value : [];
  return `[${entries.map((entry) => (isObject(entry) ? formatGoStruct(fieldsOf(entry)) : "null")).join(",")}]`;
}

// Name and repository are written also when they are empty.
function dependencyFields(entry: JsonObject): [string, string][] {
  return [
    ["name", formatGoJson(entry["name"] ?? "")],
    ...present(entry, ["version"]),
    ["repository", formatGoJson(entry["repository"] ?? "")],
    ...present(entry, ["condition", "tags", "enabled", "import-values", "alias"]),
  ];
}

function formatHook(hook: ReleaseHook): string {
  const { started_at, completed_at, phase } = hook.last_run;
  const lastRun = [...present({ started_at, completed_at }, ["started_at", "completed_at"])];
  return formatGoStruct([
    ...present(hook, hookFields),
    ["last_run", formatGoStruct([...lastRun, ["phase", formatGoJson(phase)]])],
    ...present(hook, hookTailFields),
  ]);
}

/** The JSON of the fields in this order, without those that Go's `omitempty` leaves out. */
function present(value: object, fields: readonly string[]): [string, string][] {
  return fields.flatMap((field): [string, string][] => {
    const member = (value as JsonObject)[field];
    return member === undefined || isEmpty(member) ? [] : [[field, formatGoJson(member)]];
  });
}

function isEmpty(value: Json): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/**
 * `sha256:<hex>` of values: of their YAML with sorted keys, of the empty text where there are none.
 * Source: fluxcd/pkg `chartutil.DigestValues`; flux2.md 3.12.
 */
export function valuesDigest(values: JsonObject | undefined): string {
  return digestOf(values === undefined || Object.keys(values).length === 0 ? "" : dump(values, { byteOrder: true }));
}

/** The snapshot of a revision, as helm-controller keeps it. Times are RFC 3339 to the second; test hooks are the caller's to add. */
export function snapshotOf(release: Release, ociDigest?: string): ReleaseSnapshot {
  const { name, namespace, version, info, chart, config } = release;
  const { name: chartName = "", version: chartVersion = "", appVersion = "" } = chart.metadata ?? {};
  return {
    apiVersion: "v2",
    digest: observationDigest(release, ociDigest),
    name,
    namespace,
    version,
    status: info.status,
    chartName,
    chartVersion,
    ...(appVersion === "" ? {} : { appVersion }),
    configDigest: valuesDigest(config),
    ...timesOf(info),
    ...(ociDigest === undefined || ociDigest === "" ? {} : { ociDigest }),
  };
}

function timesOf({ first_deployed, last_deployed, deleted }: ReleaseInfo): Partial<ReleaseSnapshot> {
  const toSecond = (time: string): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
  return {
    ...(first_deployed ? { firstDeployed: toSecond(first_deployed) } : {}),
    ...(last_deployed ? { lastDeployed: toSecond(last_deployed) } : {}),
    ...(deleted ? { deleted: toSecond(deleted) } : {}),
  };
}
