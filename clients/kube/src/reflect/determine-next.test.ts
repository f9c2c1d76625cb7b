import { expect, test } from "vitest";
import { KubeApiError, KubeConnectionError } from "../errors.ts";
import { determineNext, type ReflectOutcome } from "./determine-next.ts";
import type { ReflectState } from "./reflection.ts";

const chance = { nowMs: 1_000, random: 0.5, streamed: true };
const api = (code: number, reason: string): Error => new KubeApiError({ code, reason, message: reason });
const failed = (error: Error, resourceVersion?: string): ReflectOutcome => ({ name: "Failed", error, resourceVersion });
const listing: ReflectState = { name: "Listing", attempt: 0, streamed: true };
const watching = (attempt = 0): ReflectState => ({ name: "Watching", resourceVersion: "5", attempt });
const cut = new KubeConnectionError("cut");

const cases: { name: string; state: ReflectState; outcome: ReflectOutcome; want: object; sinceListedMs?: number }[] = [
  {
    name: "a list leads to a watch",
    state: listing,
    outcome: { name: "Listed", resourceVersion: "7" },
    want: { name: "Watching", resourceVersion: "7", attempt: 0 },
  },
  {
    name: "no streaming leads to a plain list",
    state: listing,
    outcome: { name: "Unsupported" },
    want: { name: "Listing", streamed: false },
  },
  {
    name: "a watch that ended goes on where it was",
    state: watching(3),
    outcome: { name: "Ended", resourceVersion: "8", idle: false },
    want: { name: "Watching", resourceVersion: "8", attempt: 0 },
  },
  {
    name: "one that ends at once is not a loop",
    state: watching(),
    outcome: { name: "Ended", resourceVersion: "5", idle: true },
    want: { name: "Waiting", reason: "Unreachable", resourceVersion: "5", untilMs: 1_300, attempt: 1 },
  },
  {
    name: "too old leads to a list at once, whatever failed before",
    state: watching(4),
    outcome: failed(api(410, "Expired"), "5"),
    want: { name: "Listing", attempt: 0 },
  },
  {
    name: "too old just after a list waits",
    state: watching(),
    outcome: failed(api(410, "Expired"), "5"),
    sinceListedMs: 500,
    want: { name: "Waiting", reason: "Refused", resourceVersion: undefined, attempt: 1 },
  },
  {
    name: "too old again waits",
    state: { ...listing, attempt: 1 },
    outcome: failed(api(410, "Gone")),
    want: { name: "Waiting", reason: "Refused", untilMs: 2_500, resourceVersion: undefined },
  },
  {
    name: "a cut resumes soon from the last version",
    state: watching(),
    outcome: failed(cut, "6"),
    want: { name: "Waiting", reason: "Unreachable", resourceVersion: "6", untilMs: 1_300 },
  },
  {
    name: "waits double",
    state: watching(4),
    outcome: failed(cut, "6"),
    want: { untilMs: 1_000 + 200 * 16 * 1.5, attempt: 5 },
  },
  {
    name: "waits are bounded",
    state: watching(40),
    outcome: failed(cut, "6"),
    want: { untilMs: 1_000 + 45_000, attempt: 41 },
  },
  {
    name: "forbidden keeps the version",
    state: watching(),
    outcome: failed(api(403, "Forbidden"), "6"),
    want: { name: "Waiting", reason: "Forbidden", resourceVersion: "6", untilMs: 4_000 },
  },
  {
    name: "no such kind forgets the version",
    state: watching(),
    outcome: failed(api(404, "NoKindMatch"), "6"),
    want: { name: "Waiting", reason: "NoKindMatch", resourceVersion: undefined },
  },
  {
    name: "a server error is a refusal",
    state: listing,
    outcome: failed(api(500, "InternalError")),
    want: { name: "Waiting", reason: "Refused", resourceVersion: undefined },
  },
  { name: "stopped stays stopped", state: { name: "Stopped" }, outcome: failed(cut), want: { name: "Stopped" } },
];

test.for(cases)("$name", ({ state, outcome, want, sinceListedMs = 60_000 }) =>
  expect(determineNext(state, outcome, { ...chance, sinceListedMs })).toMatchObject(want),
);
