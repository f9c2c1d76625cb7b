import type { HelmRelease, ReleaseSnapshot } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { cloneJson } from "@eddy/core/object";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { uninstall } from "./actions/uninstall.ts";
import { isClusterOutOfReach, resolveCluster } from "./cluster.ts";
import { overlayDigestsOf } from "./overlay-digests.ts";
import type { Ports } from "./ports.ts";
import { storageIn } from "./reconcile.ts";
import { toSnapshot } from "./record-history.ts";
import { patchOf, type ReleasePass } from "./release-pass.ts";
import { targetOf } from "./release-target.ts";
import { isMadeFor } from "./render-release.ts";
import { deleteOwnedChart } from "./sync-chart.ts";

/**
 * Uninstalls what a deleted HelmRelease released, and deletes its HelmChart; a suspended one leaves both. A failure keeps the
 * finalizer and is tried again, but without the account or kubeconfig that it acts by nothing can be uninstalled.
 */
export async function finalizeHelmRelease(run: Run<HelmRelease>, ports: Ports): Promise<Outcome<HelmRelease>> {
  const { object } = run;
  ports.settled.forget(`${targetOf(object).storageNamespace}/${targetOf(object).name}`);
  if (object.spec.suspend) return run.finalized();
  const status = cloneJson(object.status ?? {});
  try {
    // Written before the first install: without it there never was one.
    if (status.storageNamespace) await uninstallRelease(run, status, ports);
    await deleteOwnedChart(run, ports);
    return run.finalized();
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    run.logger.log("error", "uninstall a deleted HelmRelease failed", { error: messageOf(error) });
    const ready = { type: "Ready", status: "False", reason: "UninstallFailed", message: messageOf(error) } as const;
    run.setCondition(ready);
    run.stageStatus(patchOf(status));
    await run.saveStatus();
    return run.failed(error);
  }
}

async function uninstallRelease(run: Run<HelmRelease>, status: ReleasePass["status"], ports: Ports): Promise<void> {
  const { object } = run;
  const isRecorded = (status.history?.length ?? 0) > 0;
  if (await isClusterOutOfReach(object, ports)) {
    if (!isRecorded) return;
    const message = "skipping Helm release uninstallation: what it acts by is not there any more";
    run.event({ severity: "error", reason: "UninstallFailed", message });
    return;
  }
  const cluster = await resolveCluster(object, ports);
  const pass: ReleasePass = {
    run,
    object,
    status,
    target: targetOf(object),
    chart: { name: "", version: "", appVersion: "", ociDigest: "", load: () => Promise.reject(new Error("no chart")) },
    values: {},
    configDigest: "",
    overlays: overlayDigestsOf(object.spec),
    originRevision: undefined,
    cluster,
    storage: storageIn(status.storageNamespace ?? "", cluster, ports),
    customStatusOf: () => undefined,
    ports,
  };
  if (!isRecorded) status.history = await findUnrecorded(pass);
  await uninstall(pass, run.signal);
}

/** The release that a process installed which died before it could say so. */
async function findUnrecorded({ object, target, storage }: ReleasePass): Promise<ReleaseSnapshot[]> {
  const release = await storage.last(target.name);
  return release && isMadeFor(release, object) ? [toSnapshot(release, "install")] : [];
}
