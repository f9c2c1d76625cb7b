import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { createStatusSource } from "../../health/index.ts";
import { buildObjects } from "../objects/build-objects.ts";
import type { ReleasePorts, ReleaseWaiter, WaitStrategy } from "../ports.ts";
import { formatGoTime } from "../record/go-time.ts";
import type { Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import { createWaiter } from "../wait/create-waiter.ts";

/** The ports of an action with what is absent filled in. */
export interface ActionContext extends ReleasePorts {
  readonly fieldManager: string;
  waiterOf(strategy: WaitStrategy): ReleaseWaiter;
  log(line: string): void;
  /** Now, as Helm writes it. */
  timestamp(): string;
}

/** Helm's five minutes. */
export const defaultTimeoutMs: number = 300_000;

/** Fills in the defaults of the ports. */
export function contextOf(ports: ReleasePorts): ActionContext {
  const { kube, clock } = ports;
  const source = ports.statusSource ?? createStatusSource(kube, clock);
  return {
    ...ports,
    fieldManager: ports.fieldManager ?? "helm",
    waiterOf: (strategy) => ports.waiterOf?.(strategy) ?? createWaiter(strategy, { source, clock }),
    log: (line) => ports.onLog?.(line),
    timestamp: () => formatGoTime(clock.now()),
  };
}

/**
 * The objects of a release's manifest.
 * @throws ReleaseError RELEASE_MANIFEST_INVALID with `lead` before what is wrong.
 */
export async function buildReleaseObjects(
  release: Pick<Release, "manifest" | "namespace">,
  lead: string,
  { kube }: ActionContext,
): Promise<KubeObject[]> {
  try {
    return await buildObjects(release.manifest ?? "", { kube, namespace: release.namespace });
  } catch (error) {
    throw failure("RELEASE_MANIFEST_INVALID", `${lead}: ${messageOf(error)}`, error);
  }
}

/** A ReleaseError about another error; it keeps that one's class. */
export function failure(code: ReleaseError["code"], message: string, cause: unknown, release?: Release): ReleaseError {
  return new ReleaseError(code, message, {
    cause,
    ...(cause instanceof EddyError ? { class: cause.class, ...(cause.hint ? { hint: cause.hint } : {}) } : {}),
    ...(release ? { release } : {}),
  });
}

/** Throws when the action was cancelled: nothing further begins. */
export function throwIfCancelled({ signal }: Pick<ReleasePorts, "signal">): void {
  if (!signal?.aborted) return;
  throw failure("RELEASE_CANCELLED", messageOf(signal.reason), signal.reason);
}

/** The code of an error that came out of a step: that of the step unless the action was cancelled. */
export function codeOf(step: ReleaseError["code"], { signal }: Pick<ReleasePorts, "signal">): ReleaseError["code"] {
  return signal?.aborted ? "RELEASE_CANCELLED" : step;
}
