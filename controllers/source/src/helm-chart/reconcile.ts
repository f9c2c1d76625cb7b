import { sourceConditionTypes, sourceReasons, type HelmChart } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { announce } from "../source/report.ts";
import { checkStorage, isComplete } from "../storage/check-storage.ts";
import { linkArtifact } from "../storage/link-artifact.ts";
import { storeFile } from "../storage/store-artifact.ts";
import { buildChart } from "./build-chart.ts";
import type { ChartBuild } from "./chart-build.ts";
import type { Ports } from "./ports.ts";
import { announceChart, observeFailure, succeed } from "./report.ts";
import { resolveSource } from "./resolve-source.ts";

/** One level-based pass over one HelmChart: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileHelmChart(run: Run<HelmChart>, ports: Ports): Promise<Outcome<HelmChart>> {
  const { object, signal } = run;
  announce(run);
  // What an earlier pass could not do is found out anew.
  run.removeCondition(sourceConditionTypes.storageOperationFailed, sourceConditionTypes.artifactOutdated);
  forgetFailedVerification(run);
  const found = await run.step("Storage", () => checkStorage(run, ports), {
    condition: sourceConditionTypes.storageOperationFailed,
  });
  if (!found) run.stageStatus({ url: null });
  const stored = found && isComplete(found, ports) ? found : undefined;
  const origin = await run.step("ResolveSource", () => resolveSource(run, ports));
  if (origin.artifact) run.stageStatus({ observedSourceArtifactRevision: origin.artifact.revision });

  const build = await run.step(
    "Build",
    () => tellingFailure(run, () => buildChart(object, origin, stored, ports, signal)),
    {
      reason: sourceReasons.unknown,
      condition: sourceConditionTypes.fetchFailed,
    },
  );
  announceChart(run, found, build);
  observeBuild(run, build);
  if (build.bytes === undefined && stored) return succeed(run, stored, build, {});
  return store(run, build, ports);
}

async function tellingFailure<R>(run: Run<HelmChart>, action: () => Promise<R>): Promise<R> {
  try {
    return await action();
  } catch (error) {
    if (!run.signal.aborted) observeFailure(run, error);
    throw error;
  }
}

function forgetFailedVerification(run: Run<HelmChart>): void {
  const { sourceVerified } = sourceConditionTypes;
  const failed = findCondition(run.conditions, sourceVerified)?.status === "False";
  if (failed || !run.object.spec.verify) run.removeCondition(sourceVerified);
}

function observeBuild(run: Run<HelmChart>, build: ChartBuild): void {
  run.removeCondition(sourceConditionTypes.fetchFailed, sourceConditionTypes.buildFailed);
  if (build.resolvedDependencies > 0) {
    const message = `resolved ${build.resolvedDependencies} chart dependencies`;
    run.event({ severity: "trace", reason: "ResolvedDependencies", message });
  }
  if (!build.verified) return run.removeCondition(sourceConditionTypes.sourceVerified);
  const message = `verified signature of version ${build.version}`;
  run.setCondition({ type: sourceConditionTypes.sourceVerified, status: "True", reason: "Succeeded", message });
}

async function store(run: Run<HelmChart>, build: ChartBuild, ports: Ports): Promise<Outcome<HelmChart>> {
  const { name, version, bytes = new Uint8Array() } = build;
  const { artifact, failure } = await run.step("Archive", () => {
    // A chart of a registry may have a path for a name.
    const fileName = `${name.replaceAll("/", "-")}-${version}.tgz`;
    return storeFile(run.object, { revision: version, fileName, bytes }, ports);
  });
  const url = await linkArtifact(run, artifact, "latest.tar.gz", ports);
  const observed = {
    observedChartName: name,
    observedValuesFiles: run.object.spec.ignoreMissingValuesFiles ? [...build.valuesFiles] : null,
    ...(url === undefined ? {} : { url }),
  };
  return failure ? run.failed(failure, { artifact, ...observed }) : succeed(run, artifact, build, observed);
}
