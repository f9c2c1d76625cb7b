import { kustomizeFieldManager, type Kustomization } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { formatObjectName, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { ApplyError, applyStaged, formatChanges, hasChanged, type ChangeSet } from "@eddy/runtime/apply";
import { StepError, type Run } from "@eddy/runtime/controller";
import { statusBy, waitHealthy } from "@eddy/runtime/health";
import {
  formatInventoryId,
  inventoryOfObjects,
  sameInventory,
  unionOfInventories,
  type InventoryEntry,
} from "@eddy/runtime/inventory";
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
  const owned = status?.inventory?.entries;
  let widened = owned;
  try {
    const changes = await applyStaged(objects, cluster.target, {
      fieldManager: kustomizeFieldManager,
      owner: { name: metadata.name, namespace: metadata.namespace ?? "" },
      account: spec.serviceAccountName || ports.settings.defaultServiceAccount,
      force: spec.force === true,
      ignore: spec.ignore ?? [],
      ...(spec.commonMetadata ? { commonMetadata: spec.commonMetadata } : {}),
      overriddenManagers: ports.settings.overrideManagers,
      customStageKinds: ports.settings.customStageKinds,
      concurrency: ports.settings.concurrentSsa,
      clock: ports.clock,
      random: () => ports.random(),
      signal: run.signal,
      onUnknownFields: (ref, fields) =>
        run.event({
          severity: "info",
          reason: "UnknownFields",
          message: `${formatObjectName(ref)} is applied without fields that its kind does not know: ${fields.join(", ")}`,
        }),
      onDishonestMemory: (ref) =>
        run.logger.log("error", "what is remembered of the cluster was wrong: forget it", { ...ref }),
      async beforeFirstWrite(wanted) {
        widened = unionOfInventories(owned, inventoryOfObjects(wanted));
        if (!sameInventory(owned, widened)) await run.saveStatus({ inventory: { entries: widened } });
      },
      waitForStage: (refs) => run.awaitOutside((signal) => waitForStage(refs, cluster, ports, signal)),
    });
    reportChanges(run, changes);
    return changes;
  } catch (error) {
    if (run.signal.aborted && !(error instanceof ApplyError && !isAbort(error, run.signal))) throw run.signal.reason;
    registerSecrets(objects, ports.masker.of(run.object.metadata.namespace));
    if (error instanceof ApplyError && error.refused && widened && !lists(owned, error.refused))
      run.stageStatus({ inventory: { entries: without(widened, error.refused) } });
    const log = error instanceof ApplyError ? formatChanges(error.applied.filter(hasChanged)) : "";
    const message = log === "" ? messageOf(error) : `${messageOf(error)}\n${log}`;
    throw new StepError("ReconciliationFailed", message, { cause: error });
  }
}

// What the server refused was never written: an inventory that kept it would have to be allowed to look for it to prune it.
function without(entries: readonly InventoryEntry[], ref: ObjectRef): InventoryEntry[] {
  const id = formatInventoryId(ref);
  return entries.filter((entry) => entry.id !== id);
}

function lists(entries: readonly InventoryEntry[] | undefined, ref: ObjectRef): boolean {
  const id = formatInventoryId(ref);
  return entries?.some((entry) => entry.id === id) === true;
}

// A server may quote what it refuses: from here on no message repeats what a Secret of this pass holds.
function registerSecrets(objects: readonly KubeObject[], masker: Pick<Masker, "register">): void {
  for (const { kind, data, stringData } of objects) {
    if (kind !== "Secret") continue;
    if (isObject(stringData)) for (const value of Object.values(stringData)) masker.register(String(value));
    if (isObject(data))
      for (const value of Object.values(data)) masker.register(Buffer.from(String(value), "base64").toString("utf8"));
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
  // Definitions are large and few: each is watched alone, and only while it is waited for.
  const subjects = refs.map((ref) => ({ ref, owned: false }));
  return waitHealthy(subjects, {
    source: cluster.statuses,
    clock: ports.clock,
    timeoutMs: stageTimeoutMs,
    statusOf: statusBy(ports.clock),
    signal,
  });
}
