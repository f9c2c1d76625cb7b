import { kustomizeGroup, type Kustomization } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { formatObjectName } from "@eddy/core/object";
import { formatChanges, type ChangeSet } from "@eddy/runtime/apply";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { waitGone } from "@eddy/runtime/health";
import { listInventory, pruneObjects } from "@eddy/runtime/inventory";
import { canReachCluster, resolveCluster } from "./cluster.ts";
import type { Cluster, Ports } from "./ports.ts";
import { timeoutOf } from "./timing.ts";

/** What becomes of the inventory when its Kustomization is deleted. */
export type Disposal = "Orphan" | "Delete" | "DeleteAndWait";

/** Names it. Pure. A suspended Kustomization, or one that owns nothing, deletes nothing. Source: Flux spec 3.4. */
export function determineDisposal({ spec, status }: Kustomization): Disposal {
  if (spec.suspend || !status?.inventory?.entries.length) return "Orphan";
  switch (spec.deletionPolicy ?? "MirrorPrune") {
    case "MirrorPrune":
      return spec.prune ? "Delete" : "Orphan";
    case "Delete":
      return "Delete";
    case "WaitForTermination":
      return "DeleteAndWait";
    case "Orphan":
      return "Orphan";
  }
}

/** Deletes what a deleted Kustomization owns, as its policy says. A failure keeps the finalizer and is tried again. */
export async function finalizeKustomization(run: Run<Kustomization>, ports: Ports): Promise<Outcome<Kustomization>> {
  const { object } = run;
  const disposal = determineDisposal(object);
  ports.renders.forget(`${object.metadata.namespace}/${object.metadata.name}`);
  for (const { ref } of listInventory(object.status?.inventory?.entries)) ports.local.target.memory.forget(ref);
  if (disposal === "Orphan") return run.finalized();
  const revision = object.status?.lastAppliedRevision;
  if (revision) run.describeEvents({ [`${kustomizeGroup}/revision`]: revision });
  const reason = object.status?.conditions?.find(({ type }) => type === "Ready")?.reason;
  const objects = listInventory(object.status?.inventory?.entries);
  if (!(await canReachCluster(object, ports))) {
    const list = objects.map(({ ref }) => formatObjectName(ref)).join("\n");
    run.event({ severity: "error", reason: reason ?? "error", message: `unable to prune objects: \n${list}` });
    return run.finalized();
  }
  try {
    const cluster = await resolveCluster(object, ports);
    const owner = { name: object.metadata.name, namespace: object.metadata.namespace ?? "" };
    const { kube, memory } = cluster.target;
    const changes = await pruneObjects(objects, { kube, memory, owner, signal: run.signal });
    if (changes.length > 0) run.event({ severity: "info", reason: reason ?? "info", message: formatChanges(changes) });
    if (disposal === "DeleteAndWait") await waitForTermination(run, changes, cluster, ports, reason ?? "error");
    return run.finalized();
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    run.event({ severity: "error", reason: reason ?? "error", message: "pruning for deleted resource failed" });
    run.logger.log("error", "prune a deleted Kustomization failed", { error: messageOf(error) });
    return run.failed(error);
  }
}

async function waitForTermination(
  run: Run<Kustomization>,
  changes: ChangeSet,
  cluster: Cluster,
  ports: Ports,
  reason: string,
): Promise<void> {
  const deleted = changes.filter(({ action }) => action === "deleted");
  const timeoutMs = timeoutOf(run.object);
  try {
    await run.awaitOutside((signal) =>
      Promise.all(
        deleted.map(({ ref }) => waitGone(ref, { kube: cluster.target.kube, clock: ports.clock, timeoutMs, signal })),
      ),
    );
  } catch (error) {
    if (run.signal.aborted) throw error;
    run.logger.log("error", "failed to wait for resources termination", { error: messageOf(error) });
    run.event({ severity: "error", reason, message: "failed to wait for resources termination" });
  }
}
