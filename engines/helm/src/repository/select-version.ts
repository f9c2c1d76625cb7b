import { compareVersions, parseConstraint, parseThreePartVersion, type Version } from "@eddy/core/semver";
import { indexError } from "./index-error.ts";

/** A version that can be chosen. `created`: RFC 3339; of equal versions the younger one counts. */
export interface VersionCandidate {
  readonly version: string;
  readonly created?: string;
}

/**
 * The version that a version or range names: the exact one if it is there, else the highest of the range (Masterminds/semver;
 * pre-releases only where the range has one). "" and `*` are the highest stable one. Source: source-controller
 * internal/helm/repository `getChartVersion`.
 * @throws HelmError HELM_INDEX in upstream's words when none matches
 */
export function selectVersion<T extends VersionCandidate>(chart: string, versions: readonly T[], range: string): T {
  if (versions.length === 0) throw indexError("no chart version found");
  const exact = range === "" ? undefined : versions.find(({ version }) => version === range);
  if (exact) return exact;
  const constraint = parseConstraint(range === "" ? "*" : range);
  let best: { parsed: Version; candidate: T } | undefined;
  for (const candidate of versions) {
    const parsed = parseThreePartVersion(candidate.version);
    if (!parsed || !constraint.check(parsed)) continue;
    if (!best || isNewer({ parsed, candidate }, best)) best = { parsed, candidate };
  }
  if (best) return best.candidate;
  throw indexError(`no '${chart}' chart with version matching '${range}' found`);
}

function isNewer(
  left: { parsed: Version; candidate: VersionCandidate },
  right: { parsed: Version; candidate: VersionCandidate },
): boolean {
  const order = compareVersions(left.parsed, right.parsed);
  return order === 0 ? timeOf(left.candidate) >= timeOf(right.candidate) : order > 0;
}

function timeOf({ created }: VersionCandidate): number {
  const time = Date.parse(created ?? "");
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}
