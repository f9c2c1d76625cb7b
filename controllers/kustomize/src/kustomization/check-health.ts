import type { Kustomization } from "@eddy/api";
import { findCondition, isTrue } from "@eddy/core/conditions";
import { formatDuration } from "@eddy/core/duration";
import { EddyError, messageOf } from "@eddy/core/errors";
import { parseApiVersion, refKey, refOf, valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { hasChanged, type ChangeSet } from "@eddy/runtime/apply";
import { StepError, type Run } from "@eddy/runtime/controller";
import {
  hasExpression,
  isHealthyByExistence,
  waitHealthy,
  type StatusOf,
  type WaitSubject,
} from "@eddy/runtime/health";
import type { Cluster, Ports } from "./ports.ts";
import { progressMessage, timeoutOf } from "./timing.ts";

/** What a health check goes by. */
export interface HealthCheck {
  changes: ChangeSet;
  objects: readonly KubeObject[];
  revision: string;
  /** kstatus with the Kustomization's own expressions. */
  statusOf: StatusOf;
}

/**
 * Waits until what is to be healthy is, without holding a worker; a newer revision, a request or drift ends the wait.
 * Sets the condition Healthy.
 * @throws StepError HealthCheckFailed (retry), HealthCheckCanceled (waiting)
 */
export async function waitForHealth(
  run: Run<Kustomization>,
  check: HealthCheck,
  cluster: Cluster,
  ports: Ports,
): Promise<void> {
  const { object } = run;
  const subjects = subjectsOf(object, check, cluster);
  if (subjects === undefined) return run.removeCondition("Healthy");
  const startedAtMs = ports.clock.now();
  const wasHealthy = isTrue(object.status?.conditions, "Healthy");
  const message = progressMessage("Running health checks", check.revision, object);
  run.progress(message, "Reconciliation in progress");
  const elapsed = (): string => formatDuration(ports.clock.now() - startedAtMs);
  try {
    if (cluster.isImpersonated) await requireReadable(subjects, check.changes, cluster, run.signal);
    await run.awaitOutside((signal) =>
      waitHealthy(subjects, {
        source: cluster.statuses,
        clock: ports.clock,
        timeoutMs: timeoutOf(object),
        failFast: ports.settings.failFast,
        statusOf: check.statusOf,
        signal,
        onWaiting() {
          run.setCondition({ type: "Healthy", status: "Unknown", reason: "Progressing", message });
          run.cancelWhenRequested();
        },
      }),
    );
  } catch (error) {
    throw describeFailure(run, error, elapsed());
  }
  const isNewRevision = object.status?.lastAppliedRevision !== check.revision;
  const drifted = check.changes.some(hasChanged);
  const isNews = !wasHealthy || (isNewRevision && drifted);
  const text = `Health check passed in ${elapsed()}`;
  if (isNews) run.event({ severity: "info", reason: "Progressing", message: text });
  // A condition whose text changes with each pass that finds nothing would be a write for nothing; but `kubectl wait` goes by its
  // generation.
  const told = isNews ? undefined : findCondition(run.conditions, "Healthy");
  const isTold = told?.status === "True";
  if (!isTold || told.observedGeneration !== object.metadata.generation) {
    const { message: kept } = isTold ? told : { message: text };
    run.setCondition({ type: "Healthy", status: "True", reason: "Succeeded", message: kept });
  }
}

/**
 * Passes when the account that the pass acts as may read what it waits for and has not applied: an expression over an object
 * tells what is in it.
 */
async function requireReadable(
  subjects: readonly WaitSubject[],
  changes: ChangeSet,
  { target }: Cluster,
  signal: AbortSignal,
): Promise<void> {
  const applied = new Set(changes.map(({ ref }) => refKey(ref)));
  for (const { ref } of subjects) {
    if (applied.has(refKey(ref))) continue;
    try {
      await target.kube.get(ref, { metadataOnly: true, signal });
    } catch (error) {
      if (!hasReason(error, "NotFound") && !hasReason(error, "NoKindMatch")) throw error;
    }
  }
}

function describeFailure(run: Run<Kustomization>, error: unknown, elapsed: string): unknown {
  if (error instanceof EddyError && error.code === "RUN_REQUESTED") {
    return new StepError("HealthCheckCanceled", `New reconciliation triggered by ${error.message}`, {
      class: "waiting",
      retryAfterMs: 0,
      eventMessage: `Health checks canceled due to new reconciliation triggered by ${error.message}`,
    });
  }
  if (run.signal.aborted) return run.signal.reason;
  const text = messageOf(error);
  run.setCondition({ type: "Healthy", status: "False", reason: "HealthCheckFailed", message: text });
  return new StepError("HealthCheckFailed", `health check failed after ${elapsed}: ${text}`, { cause: error });
}

/** Whether objects are looked at that may not be applied here. */
export function checksOthers({ spec: { wait, healthChecks = [] } }: Kustomization): boolean {
  return !wait && healthChecks.length > 0;
}

/** What to wait for; undefined when no check is configured or nothing is left to check. Pure. */
export function subjectsOf(
  object: Kustomization,
  { changes, objects }: Pick<HealthCheck, "changes" | "objects">,
  cluster: Pick<Cluster, "isRemote" | "target">,
): WaitSubject[] | undefined {
  const { spec } = object;
  const owned = !cluster.isRemote;
  const self = refOf(object);
  const isOther = (ref: ObjectRef): boolean =>
    !(ref.kind === self.kind && ref.name === self.name && ref.namespace === self.namespace);
  if (!spec.wait) {
    const refs = (spec.healthChecks ?? []).map(({ apiVersion = "apps/v1", kind, name, namespace }) => ({
      group: parseApiVersion(apiVersion).group,
      kind,
      name,
      namespace: namespace ?? "",
    }));
    const applied = new Set(changes.map(({ ref }) => JSON.stringify(ref)));
    const subjects = refs
      .filter(isOther)
      .map((ref) => subjectOf(ref, owned && applied.has(JSON.stringify(ref)), cluster));
    return refs.length === 0 ? undefined : subjects;
  }
  const refs = changes.filter(({ action }) => action !== "skipped").map(({ ref }) => ref);
  const ttlJobs = new Set(objects.filter(hasTtl).map((job) => JSON.stringify(refOf(job))));
  const subjects = refs
    .filter((ref) => isOther(ref) && (!isHealthyByExistence(ref) || hasExpression(spec.healthCheckExprs, ref)))
    .map((ref) => ({ ...subjectOf(ref, owned, cluster), deletesItself: ttlJobs.has(JSON.stringify(ref)) }));
  return refs.length === 0 ? undefined : subjects;
}

function subjectOf(ref: ObjectRef, owned: boolean, { target }: Pick<Cluster, "target">): WaitSubject {
  const applied = target.memory.get(ref)?.resourceVersion;
  return { ref, owned, ...(applied === undefined ? {} : { sinceResourceVersion: applied }) };
}

function hasTtl(object: KubeObject): boolean {
  return object.kind === "Job" && valueAt(object, "spec", "ttlSecondsAfterFinished") !== undefined;
}
