import { gunzipSync, gzipSync } from "node:zlib";
import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { ReleaseError } from "../release-error.ts";
import { formatReleaseJson } from "./release-json.ts";
import { noTime } from "./go-time.ts";
import type { HookExecution, Release, StoredChart } from "./release.ts";

/** A Secret holds one megabyte; Helm's charts shrink to a tenth. */
const maxRecordBytes = 128 * 1024 * 1024;

/** A release as it stands in storage: base64 of gzip of JSON; labels are not in it. Source: Helm `storage/driver/util.go`. */
export function encodeRelease(release: Release): string {
  return gzipSync(formatReleaseJson(release), { level: 9 }).toString("base64");
}

/**
 * Reads what {@link encodeRelease} or Helm wrote, compressed or, as very old ones are, not. Empty times of Helm 3 are left out.
 * @throws ReleaseError RELEASE_RECORD_INVALID (terminal).
 */
export function decodeRelease(text: string, labels: Readonly<Record<string, string>> = {}): Release {
  const bytes = Buffer.from(text, "base64");
  const isZipped = bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
  try {
    const json = isZipped ? gunzipSync(bytes, { maxOutputLength: maxRecordBytes }) : bytes;
    return normalize(JSON.parse(json.toString("utf8")), labels);
  } catch (error) {
    throw new ReleaseError("RELEASE_RECORD_INVALID", `decode release: ${messageOf(error)}`, {
      class: "terminal",
      cause: error,
    });
  }
}

// Helm 4 writes the time of the schema always; what Helm 3 wrote has none.
const emptyChart: StoredChart = {
  metadata: null,
  lock: null,
  templates: null,
  values: null,
  schema: null,
  schemamodtime: noTime,
  files: null,
};

function normalize(value: unknown, labels: Readonly<Record<string, string>>): Release {
  if (!isObject(value) || typeof value["name"] !== "string" || typeof value["version"] !== "number") {
    throw new TypeError("want an object with name and version");
  }
  const record = value as unknown as Release;
  const info = record.info ?? { status: "unknown" };
  return {
    ...record,
    namespace: record.namespace ?? "",
    info: withoutEmpty(info, ["first_deployed", "last_deployed", "deleted"]),
    chart: { ...emptyChart, ...record.chart },
    ...(record.hooks ? { hooks: record.hooks.map((hook) => ({ ...hook, last_run: lastRun(hook.last_run) })) } : {}),
    labels,
  };
}

function lastRun(execution: HookExecution | undefined): HookExecution {
  return execution ? withoutEmpty(execution, ["started_at", "completed_at"]) : { phase: "" };
}

function withoutEmpty<T extends object>(value: T, fields: readonly (keyof T)[]): T {
  const result = { ...value };
  for (const field of fields) if (result[field] === "" || result[field] === null) delete result[field];
  return result;
}
