import { helmControllerName, sourceGroup, type HelmRelease } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { formatObjectName, refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import type { Run } from "@eddy/runtime/controller";
import { buildOwnedChart, determineChartDisposal, isChartInSync } from "./chart-template.ts";
import type { Ports } from "./ports.ts";
import { refuseForeignNamespace } from "./resolve-source.ts";

/**
 * Creates, updates or deletes the HelmChart that the release owns, and stages `status.helmChart`. What is as it should be costs
 * no request: HelmCharts are watched. Resolves with whether something was written.
 * @throws StepError AccessDenied (terminal) under lockdown
 */
export async function syncOwnedChart(run: Run<HelmRelease>, ports: Ports): Promise<boolean> {
  const { object } = run;
  const recorded = object.status?.helmChart;
  if (determineChartDisposal(object, recorded) === "Delete") await deleteOwnedChart(run, ports);
  if (!object.spec.chart) return false;
  const wanted = buildOwnedChart(object, object.spec.chart);
  const ref = refOf(wanted);
  refuseForeignNamespace(ref, object, ports);
  const live = ports.caches.get(ref);
  const isStale = !live || !isChartInSync(live, wanted);
  if (isStale) await applyChart(run, wanted, live, ports);
  run.stageStatus({ helmChart: `${ref.namespace}/${ref.name}` });
  return isStale;
}

async function applyChart(
  run: Run<HelmRelease>,
  wanted: KubeObject,
  live: KubeObject | undefined,
  { kube, caches }: Ports,
): Promise<void> {
  const source = wanted["spec"] as { sourceRef: { kind: string; name: string } };
  const { kind, name } = source.sourceRef;
  try {
    const written = await kube.apply(wanted, { fieldManager: helmControllerName, force: true });
    caches.of(refOf(wanted)).observe(written);
    const verb = live ? "Configured" : "Created";
    run.event({
      severity: "trace",
      reason: `HelmChart${verb}`,
      message: `${verb} ${formatObjectName(refOf(wanted))} with SourceRef '${kind}/${wanted.metadata.namespace}/${name}'`,
    });
  } catch (error) {
    run.event({
      severity: "trace",
      reason: "HelmChartSyncErr",
      message: `failed to run server-side apply: ${messageOf(error)}`,
    });
    throw error;
  }
}

/**
 * Deletes the HelmChart that the status names, and takes it out of the status.
 * @throws StepError AccessDenied (terminal) under lockdown
 */
export async function deleteOwnedChart(run: Run<HelmRelease>, ports: Ports): Promise<void> {
  const recorded = run.object.status?.helmChart ?? "";
  const slash = recorded.indexOf("/");
  if (slash < 0) return;
  const ref: ObjectRef = {
    group: sourceGroup,
    kind: "HelmChart",
    namespace: recorded.slice(0, slash),
    name: recorded.slice(slash + 1),
  };
  refuseForeignNamespace(ref, run.object, ports);
  try {
    await ports.kube.delete(ref);
    run.event({ severity: "trace", reason: "HelmChartDeleted", message: `deleted HelmChart '${recorded}'` });
  } catch (error) {
    if (!hasReason(error, "NotFound"))
      throw new Error(`failed to delete HelmChart '${recorded}': ${messageOf(error)}`, { cause: error });
  }
  run.stageStatus({ helmChart: null });
}
