import { sourceReasons, type HelmChart } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { formatVersion, parseVersion } from "@eddy/core/semver";
import { ChartBuildError } from "./build-error.ts";
import { changingFiles } from "./merge-values-files.ts";

const shortHash = 12;

/**
 * The version with what distinguishes this build of it after a `+`: the source's revision with the strategy `Revision`, the
 * generation with values files. Source: flux2.md 3.12, source-controller `SetMetadata`.
 * @throws ChartBuildError MetadataPatchError
 */
export function buildVersion(chart: { name: string; version: string }, metadata: string): string {
  if (metadata === "") return chart.version;
  try {
    const parsed = parseVersion(chart.version);
    if (!/^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/.test(metadata)) throw new Error("invalid characters in metadata string");
    return formatVersion({ ...parsed, metadata });
  } catch (cause) {
    const error = new Error(`failed to parse version from chart metadata as SemVer: ${messageOf(cause)}`, { cause });
    throw new ChartBuildError(sourceReasons.metadataPatchError, error);
  }
}

/** What stands after the `+`; `revision` is the source's, where the chart is made of one. */
export function buildMetadata({ metadata, spec }: HelmChart, revision: string | undefined): string {
  const follows = spec.reconcileStrategy === "Revision" && revision !== undefined;
  const parts = follows ? [hashOf(revision).slice(0, shortHash)] : [];
  if (changingFiles(spec.valuesFiles ?? []).length > 0) parts.push(String(metadata.generation ?? 0));
  return parts.join(".");
}

/** The hex of `main@sha1:<hex>` and `sha256:<hex>`. */
function hashOf(revision: string): string {
  return revision.slice(Math.max(revision.lastIndexOf(":"), revision.lastIndexOf("@"), revision.lastIndexOf("/")) + 1);
}
