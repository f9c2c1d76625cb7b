import { messageOf } from "@eddy/core/errors";
import { nextTime } from "../schedule/next-time.ts";
import { parseSchedule } from "../schedule/schedule.ts";
import type { TrackedObject } from "../workload/tracked.ts";

/** When an object is looked at next. */
export type NextLook =
  | { readonly form: "at"; readonly timeMs: number }
  /** Only when somebody calls. */
  | { readonly form: "never" }
  | { readonly form: "unreadable"; readonly why: string };

/** When the registries of an object are asked next, by its trigger and schedule. Pure. */
export function determineNextLook({ policy, keel }: Pick<TrackedObject, "policy" | "keel">, nowMs: number): NextLook {
  if (policy.form === "never" || keel.trigger !== "poll") return { form: "never" };
  try {
    const timeMs = nextTime(parseSchedule(keel.pollSchedule), nowMs);
    return timeMs === undefined ? { form: "never" } : { form: "at", timeMs };
  } catch (error) {
    return { form: "unreadable", why: messageOf(error) };
  }
}
