import { EddyError } from "@eddy/core/errors";
import { compareVersions, formatVersion, parseVersion, type Version } from "@eddy/core/semver";

const shortDigestLength = 12;

/** The version that a chart is released as, and the digest of the artifact that it came from; "" without one. */
export interface TrackedVersion {
  version: string;
  digest: string;
}

/**
 * The chart's version with the digest of the artifact's revision as build metadata, so that a tag that was pushed again is
 * another version. Only revisions with a digest are tracked: those of OCIRepositories, and of ExternalArtifacts that have one.
 * Source: helm-controller `mutateChartWithSourceRevision`.
 * @throws EddyError CHART_VERSION_MISMATCH (retry) for a chart that is not the one that the revision names
 */
export function trackChartVersion(
  chartVersion: string,
  source: { kind: string; revision: string },
  { isTracked }: { isTracked: boolean },
): TrackedVersion {
  const { kind, revision } = source;
  const hasDigest = kind === "OCIRepository" || (kind === "ExternalArtifact" && revision.includes(":"));
  if (!hasDigest) return { version: chartVersion, digest: "" };
  const version = parseOrUndefined(chartVersion);
  if (!version) throw mismatch(`invalid chart version ${chartVersion}`);
  const digest = digestOfRevision(revision, version, chartVersion);
  const metadata = shortDigest(digest);
  return { version: isTracked ? formatVersion({ ...version, metadata }) : chartVersion, digest };
}

// A tag that is a version must be that of the chart; in tags, `_` stands for `+`.
function digestOfRevision(revision: string, version: Version, chartVersion: string): string {
  const [tag = "", digest, ...more] = revision.split("@");
  const tagged = parseOrUndefined(revision.includes("@") ? tag.replaceAll("_", "+") : tag);
  if (!tagged) return revision;
  const isSame = digest !== undefined && more.length === 0 && compareVersions(tagged, version) === 0;
  if (!isSame) throw mismatch(`artifact revision ${tag} does not match chart version ${chartVersion}`);
  return digest;
}

function shortDigest(digest: string): string {
  const [, hex, ...more] = digest.split(":");
  if (hex === undefined || more.length > 0 || hex.length < shortDigestLength)
    throw mismatch(`invalid artifact revision ${digest}`);
  return hex.slice(0, shortDigestLength);
}

function parseOrUndefined(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch {
    return undefined;
  }
}

function mismatch(message: string): EddyError {
  return new EddyError("CHART_VERSION_MISMATCH", message);
}
