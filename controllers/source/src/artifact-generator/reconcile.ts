import { genericReasons, sourceReasons, type ArtifactGenerator, type ExternalArtifactReference } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { StepError, type Outcome, type Run, type RunEvent } from "@eddy/runtime/controller";
import { ownerOf } from "../source/owner.ts";
import type { SourceTrees } from "./apply-copy.ts";
import { buildArtifact } from "./build-artifact.ts";
import { detectDrift } from "./detect-drift.ts";
import { expandArtifacts, PathPatternError, type ArtifactRequest } from "./expand-artifacts.ts";
import { applyExternalArtifact, desiredObject, removeExternalArtifacts } from "./external-artifacts.ts";
import { hashSources, observeSources, type ObservedSources } from "./observe-sources.ts";
import type { Ports } from "./ports.ts";
import { validateSpec } from "./validate-spec.ts";

/** There is no `spec.interval`. */
const intervalMs = 3_600_000;

/** One level-based pass over one ArtifactGenerator: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileArtifactGenerator(
  run: Run<ArtifactGenerator>,
  ports: Ports,
): Promise<Outcome<ArtifactGenerator>> {
  const { object } = run;
  validateSpec(object, ports.noCrossNamespaceRefs);
  const observed = await run.step("ObserveSources", () => observeSources(object, ports));
  const observedSourcesDigest = hashSources(observed);
  const drift = await run.step("DetectDrift", () => detectDrift(object, observedSourcesDigest, ports));
  if (drift === undefined) return unchanged(run);

  run.progress("reconciliation in progress");
  run.logger.log("debug", "reconciliation in progress", { reason: drift });
  const trees = await run.step("Fetch", () => fetchTrees(observed, ports, run.signal));
  const requests = await run.step("Expand", () => expand(object, trees));
  const inventory: ExternalArtifactReference[] = [];
  for (const request of requests) inventory.push(await makeArtifact(run, request, { trees, observed }, ports));
  const former = object.status?.inventory ?? [];
  const orphans = former.filter(({ name }) => !inventory.some((reference) => reference.name === name));
  await run.step("Prune", () => removeExternalArtifacts(orphans, ports), {
    reason: genericReasons.reconciliationFailed,
  });
  return succeed(run, inventory, observedSourcesDigest);
}

function unchanged(run: Run<ArtifactGenerator>): Outcome<ArtifactGenerator> {
  const { status } = run.object;
  const ready = findCondition(status?.conditions, "Ready");
  const message = `No drift detected, ${status?.inventory?.length ?? 0} artifact(s) up to date`;
  run.logger.log("debug", message);
  return run.succeeded({}, { message: ready?.message ?? message, requeueAfterMs: intervalMs, isRoutine: true });
}

function succeed(
  run: Run<ArtifactGenerator>,
  inventory: ExternalArtifactReference[],
  observedSourcesDigest: string,
): Outcome<ArtifactGenerator> {
  const former = run.object.status?.inventory ?? [];
  const isKnown = ({ name, digest }: ExternalArtifactReference): boolean =>
    former.some((reference) => reference.name === name && reference.digest === digest);
  const made = inventory
    .filter((reference) => !isKnown(reference))
    .map(({ namespace, name, digest }) => `${namespace}/${name} (${digest})`);
  const message = `reconciliation succeeded, generated ${inventory.length} artifact(s)`;
  run.event({ severity: "trace", reason: "Ready", message });
  const text = `external artifacts reconciled: ${made.join("\n")}`;
  const event: RunEvent = { severity: "info", reason: "Ready", message: text };
  return run.succeeded(
    { inventory, observedSourcesDigest },
    { message, requeueAfterMs: intervalMs, ...(made.length > 0 ? { event } : {}) },
  );
}

async function fetchTrees(
  observed: ObservedSources,
  { artifacts, requeueDependencyMs }: Ports,
  signal: AbortSignal,
): Promise<SourceTrees> {
  const trees = new Map<string, FileTree>();
  for (const [alias, artifact] of observed) {
    try {
      trees.set(alias, await artifacts.tree(artifact, { signal }));
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new StepError(sourceReasons.sourceFetchFailed, `fetch sources failed: ${messageOf(cause)}`, {
        cause,
        class: "waiting",
        severity: "error",
        retryAfterMs: requeueDependencyMs,
      });
    }
  }
  return trees;
}

function expand(object: ArtifactGenerator, trees: SourceTrees): ArtifactRequest[] {
  try {
    return expandArtifacts(object, trees);
  } catch (cause) {
    if (!(cause instanceof PathPatternError)) throw cause;
    throw new StepError(sourceReasons.validationFailed, cause.message, { cause, class: "terminal" });
  }
}

async function makeArtifact(
  run: Run<ArtifactGenerator>,
  { artifact: output, labels }: ArtifactRequest,
  sources: { trees: SourceTrees; observed: ObservedSources },
  ports: Ports,
): Promise<ExternalArtifactReference> {
  const { object } = run;
  const attempt = async <R>(reason: string, doing: string, action: () => Promise<R>): Promise<R> => {
    try {
      return await action();
    } catch (cause) {
      if (run.signal.aborted) throw cause;
      const message = `${output.name} ${doing} failed: ${messageOf(cause)}`;
      throw new StepError(reason, message, { cause, class: "retry" });
    }
  };
  const artifact = await run.step("Build", () =>
    attempt(genericReasons.buildFailed, "build", () => buildArtifact(object, output, sources, ports)),
  );
  const desired = desiredObject(object, output.name, labels);
  await run.step("Apply", () =>
    attempt(genericReasons.reconciliationFailed, "reconcile", () => applyExternalArtifact(desired, artifact, ports)),
  );
  await ports.artifacts.collectGarbage(ownerOf(desired), artifact).catch((error: unknown) => {
    run.logger.log("error", `garbage collection of artifacts failed: ${messageOf(error)}`);
  });
  return {
    name: output.name,
    namespace: object.metadata.namespace ?? "",
    digest: artifact.digest,
    filename: artifact.path.slice(artifact.path.lastIndexOf("/") + 1),
  };
}
