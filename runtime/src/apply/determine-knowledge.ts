import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { AppliedRecord } from "./applied-memory.ts";
import { controlsOf } from "./control-metadata.ts";

/**
 * What can be said of an object without a request:
 * `Skipped`: it is not to be applied;
 * `Unchanged`: the cluster has what is wanted;
 * `Changed`: the cluster has what was wanted before, untouched: only our wish changed;
 * `Unknown`: the cluster must be asked.
 */
export type Knowledge = "Skipped" | "Unchanged" | "Changed" | "Unknown";

/** What is observed of one object. */
export interface Observation {
  desired: KubeObject;
  desiredHash: string;
  record: AppliedRecord | undefined;
  live: ObjectMeta | "absent" | "unwatched";
  /** The fingerprint of `live` by the record's owned keys, when both are there. */
  liveFingerprint: string | undefined;
}

/** Names what is known. Pure. */
export function determineKnowledge({ desired, desiredHash, record, live, liveFingerprint }: Observation): Knowledge {
  if (controlsOf(desired.metadata).ignored) return "Skipped";
  if (!record) return "Unknown";
  if (live === "unwatched" || live === "absent") return "Unknown";
  if (live.uid !== record.uid) return "Unknown";
  const seen = live.resourceVersion ?? "";
  const isOlder = isOlderVersion(seen, record.resourceVersion);
  // What the watch has not brought yet cannot contradict the answer to our own write.
  if (!isOlder && liveFingerprint !== record.fingerprint) return "Unknown";
  if (controlsOf(live).ignored) return "Skipped";
  if (record.desiredHash === desiredHash) return record.foreign === "Pending" ? "Unknown" : "Unchanged";
  const { ifNotPresent, merge } = controlsOf(desired.metadata);
  if (ifNotPresent) return "Skipped";
  // What was left to others may not be any more, and only a look at the object tells what that is.
  return record.foreign === "None" || merge ? "Changed" : "Unknown";
}

function isOlderVersion(left: string, right: string): boolean {
  return left.length === right.length ? left < right : left.length < right.length;
}
