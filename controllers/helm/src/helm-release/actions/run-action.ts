import type { Release } from "@eddy/runtime/helm";
import { createLogBuffer, type LogBuffer } from "../log-buffer.ts";
import type { ReleasePass } from "../release-pass.ts";
import { releasePorts } from "../release-ports.ts";
import type { ReleasePorts } from "@eddy/runtime/helm";

/** What one action did, as far as anybody could see. */
export interface ActionRun {
  /** Why it did not succeed. */
  error: Error | undefined;
  /** The revisions that it wrote to storage, as they were written last. */
  written: ReadonlyMap<number, Release>;
  log: LogBuffer;
  /** It was told to stop: its failure says nothing about the release. */
  isCancelled: boolean;
}

/** Runs an action with the ports of the pass, and notes every revision that it writes. */
export async function runAction(
  pass: ReleasePass,
  signal: AbortSignal,
  action: (ports: ReleasePorts) => Promise<unknown>,
): Promise<ActionRun> {
  const written = new Map<number, Release>();
  const log = createLogBuffer(pass.ports.clock);
  const ports = releasePorts(pass, { log, signal, onRelease: (release) => written.set(release.version, release) });
  try {
    await action(ports);
    return { error: undefined, written, log, isCancelled: false };
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    return { error, written, log, isCancelled: signal.aborted };
  }
}

/** How an action ended: `errored` when it could not even begin, so that nothing was changed. */
export type ActionEnd =
  | { readonly kind: "done" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "errored"; readonly error: Error };
