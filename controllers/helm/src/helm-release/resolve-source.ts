import { helmChartSourceOf, originRevisionKey, sourceGroup, type Artifact, type HelmRelease } from "@eddy/api";
import { findCondition, isTrue, type Condition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { deepEqual } from "@eddy/core/json";
import { formatObjectName, valueAt, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { StepError, type Run } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";

/** The artifact that is the chart of a pass. */
export interface ResolvedChartSource {
  ref: ObjectRef;
  artifact: Artifact;
  /** Revision of what the artifact was made of, for OCI artifacts. */
  originRevision: string | undefined;
}

/** The object whose artifact is the chart. */
export function chartSourceRef(object: HelmRelease): ObjectRef | undefined {
  const source = helmChartSourceOf(object);
  return source && { group: sourceGroup, ...source };
}

/** @throws StepError AccessDenied (terminal) for another namespace under lockdown. */
export function refuseForeignNamespace(ref: ObjectRef, { metadata }: HelmRelease, { settings }: Ports): void {
  if (!settings.noCrossNamespaceRefs || ref.namespace === metadata.namespace) return;
  const message = `can't access '${formatObjectName(ref)}', cross-namespace references have been blocked`;
  throw new StepError("AccessDenied", message, { class: "terminal" });
}

/**
 * The chart's artifact.
 * @throws StepError ArtifactFailed (retry) when the object is not there, SourceNotReady (waiting) while it is not ready,
 * AccessDenied (terminal) under lockdown, and for an ExternalArtifact without its gate.
 */
export async function resolveChartSource(object: HelmRelease, ports: Ports): Promise<ResolvedChartSource> {
  const ref = chartSourceRef(object) as ObjectRef;
  refuseForeignNamespace(ref, object, ports);
  if (ref.kind === "ExternalArtifact" && !ports.settings.allowExternalArtifact) {
    const message = `can't access '${formatObjectName(ref)}', ExternalArtifact feature gate is disabled`;
    throw new StepError("AccessDenied", message, { class: "terminal" });
  }
  const source = ports.caches.get(ref) ?? (await readSource(ref, ports));
  const problem = determineUnreadiness(source);
  if (problem) {
    throw new StepError("SourceNotReady", `${ref.kind} '${ref.namespace}/${ref.name}' is not ready: ${problem}`, {
      class: "waiting",
      retryAfterMs: ports.settings.requeueDependencyMs,
      eventMessage: "",
    });
  }
  const artifact = artifactOf(source) as Artifact;
  return { ref, artifact, originRevision: artifact.metadata?.[originRevisionKey] };
}

/** A new HelmChart is mostly ready at once: for that long it is waited for before anybody is told that it is not. */
const chartGraceMs = 2_000;

/** Waits, without holding a worker, until the HelmChart that was just written is ready, or stays unready for a moment. */
export async function awaitChart(run: Run<HelmRelease>, { caches, clock }: Ports): Promise<void> {
  const ref = chartSourceRef(run.object);
  if (!ref) return;
  const cache = caches.of({ group: ref.group, kind: ref.kind });
  const settled = Promise.withResolvers<void>();
  const look = (source: KubeObject | undefined): void => {
    if (source && determineUnreadiness(source) === undefined) settled.resolve();
  };
  const onAbort = (): void => settled.resolve();
  run.signal.addEventListener("abort", onAbort, { once: true });
  const cancels = [
    clock.after(chartGraceMs, () => settled.resolve()),
    cache.subscribe(({ after }) => {
      if (after?.metadata.name === ref.name && after.metadata.namespace === ref.namespace) look(after);
    }),
  ];
  try {
    await run.awaitOutside(() => settled.promise);
  } finally {
    for (const cancel of cancels) cancel();
    run.signal.removeEventListener("abort", onAbort);
  }
}

/** Why a source has no chart to give, or undefined when it has. Pure. Source: helm-controller `isReady`. */
export function determineUnreadiness(source: KubeObject): string | undefined {
  const noArtifact = artifactOf(source) ? undefined : "does not have an artifact";
  // Nobody reconciles these: whoever makes them says when they are there.
  if (source.kind === "ExternalArtifact") return noArtifact;
  const conditions = valueAt(source, "status", "conditions") as Condition[] | undefined;
  if (valueAt(source, "status", "observedGeneration") !== source.metadata.generation) {
    const ready = findCondition(conditions, "Ready");
    return ready?.status === "False" ? ready.message : "latest generation of object has not been reconciled";
  }
  if (isTrue(conditions, "Stalled")) return findCondition(conditions, "Stalled")?.message ?? "";
  return noArtifact;
}

/** Whether a change of a source may matter to a release: its artifact, or whether it has one to give. */
export function sourceChanged(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (!before || !after) return true;
  const seen = (object: KubeObject): unknown[] => [
    valueAt(object, "status", "artifact", "revision"),
    valueAt(object, "status", "artifact", "digest"),
    determineUnreadiness(object),
  ];
  return !deepEqual(seen(before), seen(after));
}

async function readSource(ref: ObjectRef, { kube, settings }: Ports): Promise<KubeObject> {
  try {
    return await kube.get(ref);
  } catch (cause) {
    const describe = (detail: string): string => `could not get Source object: ${detail}`;
    if (!hasReason(cause, "NotFound")) throw new StepError("ArtifactFailed", describe(messageOf(cause)), { cause });
    const message = describe(`${ref.kind}.${ref.group} "${ref.name}" not found`);
    // The watch on sources brings it when it appears.
    const retryAfterMs = settings.requeueDependencyMs;
    throw new StepError("ArtifactFailed", message, { class: "waiting", retryAfterMs, eventMessage: "", cause });
  }
}

function artifactOf(source: KubeObject): Artifact | undefined {
  const artifact = valueAt(source, "status", "artifact") as Artifact | undefined;
  return artifact?.revision === undefined || artifact.digest === undefined ? undefined : artifact;
}
