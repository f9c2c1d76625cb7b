import type { Peer } from "./peers.ts";

/** Sum and count of each step's durations since the process started, by `<controller>/<step>`. */
export type StepDurations = ReadonlyMap<string, { seconds: number; count: number }>;

const sample = /^eddy_step_duration_seconds_(sum|count)\{controller="([^"]*)",step="([^"]*)"\} (\S+)$/gm;

/** What a peer's metrics say of its steps; empty for a peer that says nothing. */
export async function readSteps({ metricsUrl }: Pick<Peer, "metricsUrl">): Promise<StepDurations> {
  if (metricsUrl === undefined) return new Map();
  const text = await (await fetch(metricsUrl)).text();
  const steps = new Map<string, { seconds: number; count: number }>();
  for (const [, field, controller, step, value] of text.matchAll(sample)) {
    const key = `${controller}/${step}`;
    const entry = steps.get(key) ?? { seconds: 0, count: 0 };
    steps.set(key, entry);
    entry[field === "sum" ? "seconds" : "count"] = Number(value);
  }
  return steps;
}

/** Mean duration of a step between two readings; NaN when it did not run. */
export function meanSinceMs(before: StepDurations, after: StepDurations, key: string): number {
  const { seconds = 0, count = 0 } = before.get(key) ?? {};
  const now = after.get(key) ?? { seconds: 0, count: 0 };
  return ((now.seconds - seconds) / (now.count - count)) * 1_000;
}
