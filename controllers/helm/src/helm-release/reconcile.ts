import type { HelmRelease, HelmReleaseStatus } from "@eddy/api";
import { resetAtAnnotation } from "@eddy/api";
import { cloneJson } from "@eddy/core/object";
import type { Values } from "@eddy/helm";
import { StepError, type Outcome, type Run } from "@eddy/runtime/controller";
import { createReleaseStorage, valuesDigest } from "@eddy/runtime/helm";
import { uninstall } from "./actions/uninstall.ts";
import { determineFailureReset, isRequested } from "./attempt.ts";
import { requireDependencies } from "./check-dependencies.ts";
import { trackChartVersion } from "./chart-version.ts";
import { resolveCluster } from "./cluster.ts";
import { loadValues } from "./load-values.ts";
import { overlayDigestsOf } from "./overlay-digests.ts";
import { createPassStorage } from "./pass-storage.ts";
import type { Cluster, Ports } from "./ports.ts";
import { clearFailures, patchOf, stage, type PassChart, type ReleasePass } from "./release-pass.ts";
import { determineTargetChange, mustReinstall, targetOf } from "./release-target.ts";
import { awaitChart, resolveChartSource, type ResolvedChartSource } from "./resolve-source.ts";
import { runRelease } from "./run-release.ts";
import { syncOwnedChart } from "./sync-chart.ts";

/** One level-based pass over one HelmRelease: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileHelmRelease(run: Run<HelmRelease>, ports: Ports): Promise<Outcome<HelmRelease>> {
  const { object } = run;
  const customStatusOf = await run.step("CompileExpressions", () =>
    ports.expressions.customStatusOf(object.spec.healthCheckExprs),
  );
  const isNewChart = await run.step("SyncChart", () => syncOwnedChart(run, ports), { reason: "HelmChartSyncErr" });
  run.progress("Fulfilling prerequisites", null);
  await run.step("CheckDependencies", () => requireDependencies(object, ports));
  if (isNewChart) await run.step("AwaitChart", () => awaitChart(run, ports));
  const source = await run.step("ResolveSource", () => resolveChartSource(object, ports));
  const values = await run.step("ComposeValues", () => loadValues(object, ports.data), { reason: "ValuesError" });
  const chart = await run.step("LoadChart", () => openChart(run, source, ports));
  const cluster = await run.step("ResolveCluster", () => resolveCluster(object, ports), { reason: "RESTClientError" });
  const pass = openPass({ run, source, values, chart, cluster, customStatusOf, ports });
  return run.step("Release", async () => (await leaveOldTarget(pass)) ?? runRelease(pass));
}

async function openChart(run: Run<HelmRelease>, source: ResolvedChartSource, ports: Ports): Promise<PassChart> {
  const { artifact, ref } = source;
  const head = await ports.charts.head(artifact, run.signal);
  try {
    const isTracked = ports.settings.trackChartDigest;
    const tracked = trackChartVersion(head.version, { kind: ref.kind, revision: artifact.revision }, { isTracked });
    return {
      name: head.name,
      version: tracked.version,
      appVersion: head.appVersion,
      ociDigest: tracked.digest,
      load: () => ports.charts.load(artifact, tracked.version, run.signal),
    };
  } catch (cause) {
    throw new StepError("ChartMutateError", (cause as Error).message, { cause });
  }
}

function openPass(parts: {
  run: Run<HelmRelease>;
  source: ResolvedChartSource;
  values: Values;
  chart: PassChart;
  cluster: Cluster;
  customStatusOf: ReleasePass["customStatusOf"];
  ports: Ports;
}): ReleasePass {
  const { run, source, values, chart, cluster, customStatusOf, ports } = parts;
  const { object } = run;
  const status: HelmReleaseStatus = cloneJson(object.status ?? {});
  const target = targetOf(object);
  return {
    run,
    object,
    status,
    target,
    chart,
    values,
    configDigest: valuesDigest(values),
    overlays: overlayDigestsOf(object.spec),
    originRevision: source.originRevision,
    cluster,
    storage: storageIn(target.storageNamespace, cluster, ports),
    customStatusOf,
    ports,
  };
}

/** Helm's storage in a namespace of the release's cluster. */
export function storageIn(namespace: string, cluster: Cluster, { clock, storageWatch }: Ports): ReleasePass["storage"] {
  if (cluster.isRemote) return createPassStorage(createReleaseStorage(cluster.kube, { namespace, clock }), undefined);
  const storage = createReleaseStorage(storageWatch.listening(cluster.kube), { namespace, clock });
  return createPassStorage(storage, storageWatch);
}

/**
 * Uninstalls the release where it was, when its target has moved; the next pass installs it where it is to be. Otherwise notes what
 * this pass attempts, and lets failures be forgotten when that is something new.
 */
async function leaveOldTarget(pass: ReleasePass): Promise<Outcome<HelmRelease> | undefined> {
  const { run, object, status, chart, configDigest, ports } = pass;
  const change = determineTargetChange(object, status, chart.name);
  if (change && mustReinstall(change, object)) {
    run.logger.log("info", `release target configuration changed (${change}): running uninstall for current release`);
    const storage = storageIn(status.storageNamespace ?? "", pass.cluster, ports);
    await uninstall({ ...pass, storage }, run.signal);
    status.history = [];
    clearFailures(status);
    delete status.storageNamespace;
    const ready = { status: "Unknown", reason: "Progressing", message: "reconciliation in progress" } as const;
    const conclusion = {
      ready,
      retrying: ready.message,
      observed: false,
      next: { kind: "after", afterMs: 0 },
    } as const;
    return run.concluded(conclusion, patchOf(status));
  }
  status.storageNamespace = pass.target.storageNamespace;
  const generation = object.metadata.generation ?? 0;
  const isResetRequested = isRequested(object, status, "reset");
  const resetAt = object.metadata.annotations?.[resetAtAnnotation];
  if (resetAt !== undefined) status.lastHandledResetAt = resetAt;
  const reset = determineFailureReset(status, { generation, revision: chart.version, configDigest }, isResetRequested);
  if (reset) clearFailures(status);
  status.lastAttemptedGeneration = generation;
  status.lastAttemptedRevision = chart.version;
  status.lastAttemptedRevisionDigest = chart.ociDigest;
  status.lastAttemptedConfigDigest = configDigest;
  delete status.lastAttemptedValuesChecksum;
  delete status.lastReleaseRevision;
  stage(pass);
  return undefined;
}
