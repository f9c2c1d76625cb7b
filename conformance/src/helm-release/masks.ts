import { isObject, type Json } from "@eddy/core/json";

const time = "2026-01-01T00:00:00Z";

/** Fields that differ from one run to the next, whoever it is. */
const dropped: ReadonlySet<string> = new Set([
  "uid",
  "resourceVersion",
  "modtime",
  "clusterIP",
  "clusterIPs",
  "nodePort",
  "batch.kubernetes.io/controller-uid",
  "controller-uid",
  // Which one it is depends on whether the controller saw the revisions in between.
  "deployment.kubernetes.io/revision",
]);
/** Fields that are times. */
const times: ReadonlySet<string> = new Set([
  "first_deployed",
  "last_deployed",
  "deleted",
  "started_at",
  "completed_at",
  "creationTimestamp",
  "lastTransitionTime",
  "lastUpdateTime",
  "time",
  "updated",
]);

/** Data with what differs from run to run left out or made equal. */
export function maskData(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(maskData);
  if (!isObject(value)) return typeof value === "string" ? maskText(value) : (value ?? null);
  const entries = Object.entries(value).flatMap(([key, member]): [string, Json][] => {
    if (dropped.has(key)) return [];
    if (key === "createdAt" || key === "modifiedAt") return [[key, "0"]];
    if (times.has(key) && typeof member === "string") return member === "" ? [] : [[key, time]];
    return [[key, maskData(member)]];
  });
  return Object.fromEntries(entries);
}

/** Text with times, ages, addresses and generated names made equal. */
export function maskText(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( \+0000 UTC|Z|[+-]\d\d:\d\d)/g, "TIME")
    .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, "DATE")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replace(/(UPDATED) +/g, "$1 ")
    .replace(/("?(?:uid|resourceVersion|controller-uid|batch.kubernetes.io\/controller-uid)"?: ?)"?[\w-]+"?/g, "$1UID")
    .replace(/("?deployment\.kubernetes\.io\/revision"?: ?)"\d+"/g, '$1"0"')
    .replace(/\b10\.0\.0\.\d+\b/g, "ADDRESS")
    .replace(/\b(web-[0-9a-f]{8,10})-[a-z0-9]{5}\b/g, "$1-POD")
    .replace(/\b(createdAt|modifiedAt)=\d+/g, "$1=0")
    .replace(/("?(?:createdAt|modifiedAt)"?: ?)"\d+"/g, '$1"0"');
}
