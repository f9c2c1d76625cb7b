import type { ObjectMeta } from "@eddy/core/object";
import type { AppliedRecord } from "../apply/index.ts";

/**
 * What an event of an applied object means:
 * `Echo`: an own write, or something older; `Touched`: only what is not ours changed;
 * `Drifted`: its owned content may differ; `Deleted`: it is gone, or lost its ownership label.
 */
export type Drift = "Echo" | "Touched" | "Drifted" | "Deleted";

/** What is known when an event arrives. */
export interface DriftObservation {
  record: AppliedRecord;
  /** Undefined when the object left the watch. */
  live: ObjectMeta | undefined;
  /** Of `live`, by the keys that the record owns. */
  fingerprint: string | undefined;
}

/** Names what an event means. Pure. */
export function determineDrift({ record, live, fingerprint }: DriftObservation): Drift {
  if (!live) return "Deleted";
  const seen = live.resourceVersion ?? "";
  const isOld =
    seen.length === record.resourceVersion.length
      ? seen <= record.resourceVersion
      : seen.length < record.resourceVersion.length;
  if (live.uid === record.uid && isOld) return "Echo";
  return fingerprint === record.fingerprint ? "Touched" : "Drifted";
}
