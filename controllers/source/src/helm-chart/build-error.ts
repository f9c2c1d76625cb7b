import { sourceConditionTypes, sourceReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { isHttpError } from "@eddy/http";
import { StepError } from "@eddy/runtime/controller";

interface Reason {
  readonly summary: string;
  readonly condition: string;
  /** Only another spec mends it. */
  readonly persists: boolean;
  /** Ready tells what SourceVerified says. */
  readonly readyReason?: string;
}

const { fetchFailed, buildFailed } = sourceConditionTypes;

/** Why a chart could not be made. */
export type BuildReason =
  | "InvalidChartReference"
  | "ChartPullError"
  | "MetadataPatchError"
  | "ValuesFilesError"
  | "DependencyBuildError"
  | "ChartPackageError"
  | "ChartVerificationError"
  | "Unknown";

/** Source: source-controller internal/helm/chart `BuildErrorReason`, `IsPersistentBuildErrorReason`, `observeChartBuild`. */
const reasons: Readonly<Record<BuildReason, Reason>> = {
  InvalidChartReference: { summary: "invalid chart reference", condition: fetchFailed, persists: true },
  ChartPullError: { summary: "chart pull error", condition: fetchFailed, persists: false },
  MetadataPatchError: {
    summary: "chart metadata patch error",
    condition: buildFailed,
    persists: true,
  },
  ValuesFilesError: { summary: "values files merge error", condition: buildFailed, persists: true },
  DependencyBuildError: { summary: "dependency build error", condition: buildFailed, persists: false },
  ChartPackageError: { summary: "chart package error", condition: buildFailed, persists: false },
  ChartVerificationError: {
    summary: "chart verification error",
    condition: buildFailed,
    persists: false,
    readyReason: sourceReasons.verificationError,
  },
  Unknown: { summary: "unknown build error", condition: fetchFailed, persists: false },
};

/** A chart that could not be made. */
export class ChartBuildError extends StepError {
  constructor(reason: BuildReason, cause: unknown) {
    const { summary, persists, ...told } = reasons[reason];
    super(reason, `${summary}: ${messageOf(cause)}`, { cause, ...told, class: persists ? "terminal" : "retry" });
  }
}

// Not a part of a number: a port with these three digits is no refusal.
const isAboutLogin = /\b401\b|unauthorized|authentication required|tls|unknown certificate authority/;

/**
 * What a failed build of a chart from a repository is: one that its message or cause says is about credentials or trust is an
 * AuthenticationFailed with FetchFailed. Source: source-controller `buildFromHelmRepository`.
 */
export function repositoryFailure(error: unknown): unknown {
  if (!(error instanceof ChartBuildError)) return error;
  if (!isAboutLogin.test(error.message) && !hasCause(error, "authentication", "tls")) return error;
  return new StepError(
    sourceReasons.authenticationFailed,
    `failed to authenticate with the Helm repository: ${error.message}`,
    { cause: error, class: "retry", condition: fetchFailed },
  );
}

function hasCause(error: unknown, ...kinds: ("authentication" | "tls")[]): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++)
    if (isHttpError(cause, ...kinds)) return true;
  return false;
}
