import { sourceConditionTypes, sourceGroup, sourceReasons, type Artifact, type HelmChart } from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import { StepError, type Outcome, type Run, type StatusPatch } from "@eddy/runtime/controller";
import { announceBuild } from "../source/report.ts";
import { reasonOf, summaryOf, type ChartBuild } from "./chart-build.ts";

const { fetchFailed, buildFailed, storageOperationFailed, artifactInStorage, sourceVerified } = sourceConditionTypes;
const failures = [buildFailed, fetchFailed, storageOperationFailed];

/** A chart that the artifact is not: ArtifactOutdated, where there is an artifact at all. */
export function announceChart(run: Run<HelmChart>, stored: Artifact | undefined, build: ChartBuild): void {
  const { status } = run.object;
  if (status?.observedChartName === build.name && stored?.revision === build.version) return;
  announceBuild(run, stored, sourceReasons.newChart, summaryOf(build));
}

/** What a failed build leaves beside its own condition. Source: source-controller `observeChartBuild`. */
export function observeFailure(run: Run<HelmChart>, error: unknown): void {
  const isBuild = error instanceof StepError && error.condition === buildFailed;
  run.removeCondition(isBuild ? fetchFailed : buildFailed);
  if (!(error instanceof StepError) || error.reason !== sourceReasons.chartVerificationError) return;
  run.setCondition({
    type: sourceVerified,
    status: "False",
    reason: sourceReasons.verificationError,
    message: error.message,
  });
}

/** The outcome of a pass whose chart is stored. */
export function succeed(
  run: Run<HelmChart>,
  artifact: Artifact,
  build: ChartBuild,
  observed: StatusPatch<HelmChart>,
): Outcome<HelmChart> {
  const [reason, message] = [reasonOf(build), summaryOf(build)];
  run.removeCondition(sourceConditionTypes.artifactOutdated);
  run.setCondition({ type: artifactInStorage, status: "True", reason, message });
  const { status } = run.object;
  const isNew = status?.artifact?.digest !== artifact.digest;
  const hasRecovered = failures.some((type) => isTrue(status?.conditions, type));
  const metadata = {
    [`${sourceGroup}/revision`]: artifact.revision,
    [`${sourceGroup}/digest`]: artifact.digest,
  };
  return run.succeeded(
    { artifact, ...observed },
    {
      reason,
      message,
      isRoutine: build.bytes === undefined,
      ...(isNew || hasRecovered ? { event: { severity: "info", reason, message, metadata } } : {}),
    },
  );
}
