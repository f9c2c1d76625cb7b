import type { Release, ReleaseStatus } from "@eddy/api";
import { formatTime } from "@eddy/core/conditions";
import type { Outcome, Run, RunEvent, StatusPatch } from "@eddy/runtime/controller";
import type { ReleasePorts } from "./ports.ts";

/** A pass over a Release that goes through several states: what was written down meanwhile is what the next state is read off. */
export interface ReleasePass {
  readonly run: Run<Release>;
  readonly ports: ReleasePorts;
  /** As it is written down now. */
  readonly release: Release;
  /** Writes down what was done. */
  save(patch: StatusPatch<Release>, step?: string): Promise<void>;
  /** Ends the pass and the release. */
  finish(phase: "Succeeded" | "Failed", as: FinishOptions): Outcome<Release>;
}

/** How an end is told. */
export interface FinishOptions {
  /** The result. */
  readonly message: string;
  /** Of Ready; `Succeeded` for a success. */
  readonly reason: string;
  readonly event?: RunEvent | undefined;
  /** When the release is to be looked at again, for the last time. */
  readonly expireAfterMs: number;
}

/** Opens a pass. */
export function openPass(run: Run<Release>, ports: ReleasePorts): ReleasePass {
  let release = run.object;
  const masker = ports.masker.of(release.metadata.namespace);
  const now = (): string => formatTime(new Date(ports.clock.now()));
  const withStep = (message: string): Pick<ReleaseStatus, "steps"> => ({
    steps: [...(release.status?.steps ?? []), { message: masker.mask(message), time: now() }],
  });
  return {
    run,
    ports,
    get release() {
      return release;
    },
    async save(patch, step) {
      const whole = step === undefined ? patch : { ...patch, ...withStep(step) };
      release = { ...release, status: patched(release.status, whole) };
      await run.saveStatus(whole);
    },
    finish(phase, { message, reason, event, expireAfterMs }) {
      const result = masker.mask(message);
      const status = { phase, result, completionTime: now(), ...withStep(message) };
      if (phase === "Succeeded")
        return run.succeeded(status, { message, requeueAfterMs: expireAfterMs, ...(event ? { event } : {}) });
      run.event({ severity: "error", reason, message });
      const next = { kind: "after", afterMs: expireAfterMs } as const;
      const ready = { status: "False", reason, message } as const;
      return run.concluded({ ready, stalled: { reason, message }, observed: true, next }, status);
    },
  };
}

function patched(status: ReleaseStatus | undefined, patch: StatusPatch<Release>): ReleaseStatus {
  const all = Object.entries({ ...status, ...patch });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as unknown as ReleaseStatus;
}
