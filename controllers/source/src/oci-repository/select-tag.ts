import { compareVersions, parseConstraint, parseThreePartVersion, type Version } from "@eddy/core/semver";
import { messageOf } from "@eddy/core/errors";
import { RE2JS } from "re2js";

/** Which tags are looked at. */
export interface TagSelection {
  /** Range of versions. */
  readonly semver: string;
  /** Regular expression (RE2) that a tag must match somewhere. */
  readonly filter?: string;
  /** Of the layer that is wanted: charts write `_` where versions have `+`. */
  readonly mediaType?: string;
}

const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/**
 * The tag with the highest version in the range; of equal ones the first. Source: source-controller `getTagBySemver`.
 * @throws Error in upstream's words for a filter or a range that cannot be read, and where nothing matches.
 */
export function selectTag(tags: readonly string[], { semver, filter, mediaType }: TagSelection): string {
  const matches = filter ? compileFilter(filter) : (): boolean => true;
  const constraint = compileRange(semver);
  const isChart = mediaType === chartLayer;
  let best: { tag: string; version: Version } | undefined;
  for (const tag of tags) {
    const version = matches(tag) ? parseThreePartVersion(isChart ? tag.replaceAll("_", "+") : tag) : undefined;
    if (!version || !constraint.check(version)) continue;
    if (!best || compareVersions(version, best.version) > 0) best = { tag, version };
  }
  if (!best) throw new Error(`no match found for semver: ${semver}`);
  return best.tag;
}

function compileFilter(filter: string): (tag: string) => boolean {
  const pattern = RE2JS.compile(filter);
  return (tag) => pattern.matcher(tag).find();
}

function compileRange(semver: string): ReturnType<typeof parseConstraint> {
  try {
    return parseConstraint(semver);
  } catch (cause) {
    throw new Error(`semver '${semver}' parse error: ${messageOf(cause)}`, { cause });
  }
}
