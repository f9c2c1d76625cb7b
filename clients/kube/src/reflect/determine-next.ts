import { KubeApiError, hasReason } from "../errors.ts";
import type { ReflectState, WaitReason } from "./reflection.ts";

/**
 * How a request of a reflector ended: `Listed`: the store holds the whole collection as of `resourceVersion`;
 * `Ended`: the watch ended without an error (by the server, a deadline, silence), `idle` when it brought nothing and was
 * over at once; `Unsupported`: the server does not stream lists; `Failed`: anything else.
 */
export type ReflectOutcome =
  | { name: "Listed"; resourceVersion: string }
  | { name: "Ended"; resourceVersion: string | undefined; idle: boolean }
  | { name: "Unsupported" }
  | { name: "Failed"; error: Error; resourceVersion: string | undefined };

/** What chance and time add to a decision. */
export interface ReflectChance {
  nowMs: number;
  /** Between 0 and 1. */
  random: number;
  /** Whether lists should be streamed. */
  streamed: boolean;
  /** Since the last whole list; Infinity when there was none. */
  sinceListedMs: number;
}

/** First and longest wait of each reason, in milliseconds; doubled with each attempt, with up to as much again by chance. */
const waits: Readonly<Record<WaitReason, { firstMs: number; longestMs: number }>> = {
  Unreachable: { firstMs: 200, longestMs: 30_000 },
  Refused: { firstMs: 500, longestMs: 30_000 },
  // Rights and definitions come when somebody writes them: soon after an installation, or much later.
  Forbidden: { firstMs: 2_000, longestMs: 60_000 },
  NoKindMatch: { firstMs: 500, longestMs: 30_000 },
};

/** A version that is too old so soon after a list is no chance: the server cannot serve the watch. */
const expiredAgainMs = 1_000;

/** The state that follows an outcome. */
export function determineNext(state: ReflectState, outcome: ReflectOutcome, chance: ReflectChance): ReflectState {
  if (state.name === "Stopped") return state;
  switch (outcome.name) {
    case "Listed":
      return { name: "Watching", resourceVersion: outcome.resourceVersion, attempt: 0 };
    case "Unsupported":
      return { name: "Listing", attempt: state.attempt, streamed: false };
    case "Ended":
      if (outcome.idle)
        return wait(
          "Unreachable",
          new Error("the watch ended at once and brought nothing"),
          outcome.resourceVersion,
          state.attempt,
          chance,
        );
      return outcome.resourceVersion === undefined
        ? { name: "Listing", attempt: 0, streamed: chance.streamed }
        : { name: "Watching", resourceVersion: outcome.resourceVersion, attempt: 0 };
    case "Failed":
      return afterFailure(state, outcome, chance);
  }
}

/** The state that follows a wait. */
export function determineResumed(state: Extract<ReflectState, { name: "Waiting" }>, streamed: boolean): ReflectState {
  const attempt = state.attempt;
  if (state.resourceVersion === undefined) return { name: "Listing", attempt, streamed };
  return { name: "Watching", resourceVersion: state.resourceVersion, attempt };
}

function afterFailure(
  state: Exclude<ReflectState, { name: "Stopped" }>,
  { error, resourceVersion }: { error: Error; resourceVersion: string | undefined },
  chance: ReflectChance,
): ReflectState {
  // Too old a version: everything must be read again, at once unless that was just done.
  if (hasReason(error, "Expired", "Gone")) {
    if (state.name === "Watching" && chance.sinceListedMs >= expiredAgainMs)
      return { name: "Listing", attempt: 0, streamed: chance.streamed };
    return wait("Refused", error, undefined, state.attempt, chance);
  }
  const reason = reasonOf(error);
  return wait(reason, error, reason === "NoKindMatch" ? undefined : resourceVersion, state.attempt, chance);
}

function reasonOf(error: Error): WaitReason {
  if (!(error instanceof KubeApiError)) return "Unreachable";
  if (error.status.code === 403 || error.status.code === 401) return "Forbidden";
  return error.status.code === 404 ? "NoKindMatch" : "Refused";
}

function wait(
  reason: WaitReason,
  error: Error,
  resourceVersion: string | undefined,
  attempt: number,
  chance: ReflectChance,
): ReflectState {
  const { firstMs, longestMs } = waits[reason];
  const waitMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 20)) * (1 + chance.random);
  return {
    name: "Waiting",
    reason,
    error,
    untilMs: chance.nowMs + Math.round(waitMs),
    attempt: attempt + 1,
    resourceVersion,
  };
}
