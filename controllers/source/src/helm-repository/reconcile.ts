import {
  sourceConditionTypes,
  sourceReasons,
  type Artifact,
  type HelmRepository,
  type HelmRepositoryStatus,
} from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { StepError, type Outcome, type Run, type StatusPatch } from "@eddy/runtime/controller";
import { resolveHelmAccess, type HelmAccess } from "../chart-repository/helm-access.ts";
import { announce, announceBuild, storedNew, unchanged } from "../source/report.ts";
import { checkStorage, isComplete } from "../storage/check-storage.ts";
import { linkArtifact } from "../storage/link-artifact.ts";
import { storeFile } from "../storage/store-artifact.ts";
import { checkUrl, fetchIndex } from "./fetch-index.ts";
import type { Ports } from "./ports.ts";
import { readIndex } from "./read-index.ts";
import { helmRepositoryWords, storedMessage } from "./words.ts";

/** `spec.interval` unless given. */
const defaultIntervalMs = 60_000;

/** One level-based pass over one HelmRepository with an index: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileHelmRepository(
  run: Run<HelmRepository>,
  ports: Ports,
): Promise<Outcome<HelmRepository>> {
  const outcome = await storeIndex(run, ports);
  const isOpen = outcome.kind === "succeeded" && run.object.spec.interval === undefined;
  return isOpen ? { ...outcome, requeueAfterMs: defaultIntervalMs } : outcome;
}

async function storeIndex(run: Run<HelmRepository>, ports: Ports): Promise<Outcome<HelmRepository>> {
  const { object, signal } = run;
  const { url } = object.spec;
  announce(run);
  // What an earlier pass could not do is found out anew.
  run.removeCondition(sourceConditionTypes.storageOperationFailed, sourceConditionTypes.artifactOutdated);
  const stored = await run.step("Storage", () => checkStorage(run, ports), {
    condition: sourceConditionTypes.storageOperationFailed,
  });
  if (!stored) run.stageStatus({ url: null });
  checkUrl(object);
  const access = await run.step("Access", () => resolveAccess(object, ports));
  return ports.turns.take(async () => {
    const known = stored && isComplete(stored, ports) ? stored : undefined;
    const fetched = await run.step("Fetch", () => fetchIndex(object, access, known, ports, signal));
    run.removeCondition(sourceConditionTypes.fetchFailed);
    if (!fetched.changed && known) return unchanged(run, known, storedMessage(known, url), helmRepositoryWords);
    if (!fetched.changed) throw new Error("an index that is not stored cannot be unchanged");
    const { bytes, revision } = fetched;
    const { json } = await run.step("Read", () => readIndex(bytes, ports.maxIndexBytes, signal));
    announceBuild(run, stored, sourceReasons.newRevision, `new index revision '${revision}'`);
    const { artifact, failure } = await run.step("Archive", () =>
      storeFile(object, { revision, fileName: `index-${hexOf(revision)}.yaml`, bytes: json }, ports),
    );
    const observed = await observe(run, artifact, ports);
    if (failure) return run.failed(failure, { artifact, ...observed });
    return storedNew(run, artifact, { message: storedMessage(artifact, url), observed }, helmRepositoryWords);
  });
}

async function observe(
  run: Run<HelmRepository>,
  artifact: Artifact,
  ports: Ports,
): Promise<StatusPatch<HelmRepository & { status: HelmRepositoryStatus }>> {
  const url = await linkArtifact(run, artifact, "index.yaml", ports);
  return url === undefined ? {} : { url };
}

async function resolveAccess(object: HelmRepository, ports: Ports): Promise<HelmAccess> {
  try {
    return await resolveHelmAccess(object, ports);
  } catch (cause) {
    throw new StepError(sourceReasons.authenticationFailed, messageOf(cause), {
      cause,
      class: "retry",
      condition: sourceConditionTypes.fetchFailed,
    });
  }
}

function hexOf(revision: string): string {
  return revision.slice(revision.indexOf(":") + 1);
}
