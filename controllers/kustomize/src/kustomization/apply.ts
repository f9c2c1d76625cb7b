import { kustomizeFieldManager, type Kustomization } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { ApplyError, applyStaged, formatChanges, hasChanged, type ChangeSet } from "@eddy/runtime/apply";
import { StepError, type Run } from "@eddy/runtime/controller";
import { waitHealthy } from "@eddy/runtime/health";
import { inventoryOfObjects, sameInventory, unionOfInventories } from "@eddy/runtime/inventory";
import type { Cluster, Ports } from "./ports.ts";

const stageTimeoutMs = 60_000;

/**
 * Brings the cluster to these objects, and says what changed in an event. The inventory is widened before the first
 * write, so that whatever happens then, nothing that was applied can be forgotten.
 * @throws StepError ReconciliationFailed with what had been applied
 */
export async function applyObjects(
  run: Run<Kustomization>,
  objects: readonly KubeObject[],
  cluster: Cluster,
  ports: Ports,
): Promise<ChangeSet> {
  const { object } = run;
  const { spec, metadata, status } = object;
  try {
    const changes = await applyStaged(objects, cluster.target, {
      fieldManager: kustomizeFieldManager,
      owner: { name: metadata.name, namespace: metadata.namespace ?? "" },
      force: spec.force === true,
      ignore: spec.ignore ?? [],
      ...(spec.commonMetadata ? { commonMetadata: spec.commonMetadata } : {}),
      overriddenManagers: ports.settings.overrideManagers,
      customStageKinds: ports.settings.customStageKinds,
      concurrency: ports.settings.concurrentSsa,
      clock: ports.clock,
      random: () => ports.random(),
      signal: run.signal,
      onDishonestMemory: (ref) =>
        run.logger.log("error", "what is remembered of the cluster was wrong: forget it", { ...ref }),
      async beforeFirstWrite(wanted) {
        const widened = unionOfInventories(status?.inventory?.entries, inventoryOfObjects(wanted));
        if (!sameInventory(status?.inventory?.entries, widened))
          await run.saveStatus({ inventory: { entries: widened } });
      },
      waitForStage: (refs) => run.awaitOutside((signal) => waitForStage(refs, cluster, ports, signal)),
    });
    reportChanges(run, changes);
    return changes;
  } catch (error) {
    if (run.signal.aborted && !(error instanceof ApplyError && !isAbort(error, run.signal))) throw run.signal.reason;
    const log = error instanceof ApplyError ? formatChanges(error.applied.filter(hasChanged)) : "";
    const message = log === "" ? messageOf(error) : `${messageOf(error)}\n${log}`;
    throw new StepError("ReconciliationFailed", message, { cause: error });
  }
}

function isAbort(error: ApplyError, signal: AbortSignal): boolean {
  return error.cause === signal.reason || (error.cause instanceof Error && error.cause.name === "AbortError");
}

function reportChanges(run: Run<Kustomization>, changes: ChangeSet): void {
  const message = formatChanges(changes.filter(hasChanged));
  if (message !== "") run.event({ severity: "info", reason: "Progressing", message });
}

async function waitForStage(
  refs: readonly ObjectRef[],
  cluster: Cluster,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const statusOf = await ports.expressions.statusOf(undefined);
  const subjects = refs.map((ref) => ({ ref, owned: !cluster.isRemote }));
  return waitHealthy(subjects, {
    source: cluster.statuses,
    clock: ports.clock,
    timeoutMs: stageTimeoutMs,
    statusOf,
    signal,
  });
}
