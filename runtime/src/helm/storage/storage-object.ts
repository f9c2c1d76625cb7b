import type { KubeObject } from "@eddy/core/object";
import { decodeRelease, encodeRelease } from "../record/release-codec.ts";
import type { Release, ReleaseStatus } from "../record/release.ts";
import type { RevisionSummary } from "./release-storage.ts";

/** What releases are kept in: Helm's drivers. */
export type StorageDriver = "secret" | "configmap";

/** Labels that are Helm's own. Source: Helm `storage/driver/util.go`. */
export const systemLabels: readonly string[] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/** The name of a revision's storage object. */
export function storageKey(name: string, version: number): string {
  return `sh.helm.release.v1.${name}.v${version}`;
}

/** When and where a revision is written. */
export interface StorageStamp {
  namespace: string;
  label: "createdAt" | "modifiedAt";
  nowMs: number;
}

/** The Secret or ConfigMap of a revision; a Secret's record is in base64 twice. Pure. */
export function formatStorageObject(release: Release, driver: StorageDriver, stamp: StorageStamp): KubeObject {
  const isSecret = driver === "secret";
  const text = encodeRelease(release);
  return {
    apiVersion: "v1",
    kind: isSecret ? "Secret" : "ConfigMap",
    metadata: {
      name: storageKey(release.name, release.version),
      namespace: stamp.namespace,
      labels: {
        ...withoutSystemLabels(release.labels),
        [stamp.label]: String(Math.floor(stamp.nowMs / 1000)),
        name: release.name,
        owner: "helm",
        status: release.info.status,
        version: String(release.version),
      },
    },
    ...(isSecret ? { type: "helm.sh/release.v1" } : {}),
    data: { release: isSecret ? Buffer.from(text, "latin1").toString("base64") : text },
  };
}

/** The revision in a storage object. Pure. @throws ReleaseError RELEASE_RECORD_INVALID (terminal). */
export function parseStorageObject(object: KubeObject, driver: StorageDriver): Release {
  const stored = (object["data"] as Record<string, string> | undefined)?.["release"] ?? "";
  const text = driver === "secret" ? Buffer.from(stored, "base64").toString("latin1") : stored;
  return decodeRelease(text, withoutSystemLabels(object.metadata.labels ?? {}));
}

/** What the labels of a storage object say. Pure. */
export function summarizeStorageObject({ metadata: { labels = {} } }: KubeObject): RevisionSummary {
  return {
    name: labels["name"] ?? "",
    version: Number(labels["version"] ?? 0),
    status: (labels["status"] ?? "unknown") as ReleaseStatus,
  };
}

function withoutSystemLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !systemLabels.includes(key)));
}
