import type { Measurement } from "./measurement.ts";
import type { World } from "./world/world.ts";

/** How long work took by the wall clock, and what the peer's processes used meanwhile. `work` resolves with its end. */
export async function measured(
  world: World,
  work: () => Promise<number>,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const before = world.processes.usage().cpuSeconds;
  const startMs = performance.now();
  const endMs = await work();
  world.processes.assertAlive();
  return { seconds: (endMs - startMs) / 1_000, cpuSeconds: world.processes.usage().cpuSeconds - before };
}

/** A patch that asks for a pass. */
export function requestNow(token: string = new Date().toISOString()): {
  metadata: { annotations: Record<string, string> };
} {
  return { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": token } } };
}

/** A figure in seconds. */
export function seconds(what: string, value: number, want?: string): Measurement {
  return { what, value, unit: "s", ...(want === undefined ? {} : { want }) };
}

/** A figure in CPU-seconds. */
export function cpu(what: string, value: number, want?: string): Measurement {
  return { what, value, unit: "CPU-s", ...(want === undefined ? {} : { want }) };
}

/** A figure in MiB. */
export function memory(what: string, value: number, want?: string): Measurement {
  return { what, value, unit: "MiB", ...(want === undefined ? {} : { want }) };
}
