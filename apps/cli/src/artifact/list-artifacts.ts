import { parseConstraint, parseThreePartVersion } from "@eddy/core/semver";
import { EddyError, messageOf } from "@eddy/core/errors";
import { RE2JS } from "re2js";
import { parseImageManifest, withTag, type OciCallOptions, type OciClient, type Repository } from "@eddy/oci";
import { originOf } from "./flux-artifact.ts";

/** Which tags are listed. */
export interface ListFilter {
  /** Range of versions. */
  readonly semver?: string;
  /** Regular expression (RE2). */
  readonly regex?: string;
}

/** One line of the list. */
export interface ListedArtifact {
  readonly tag: string;
  readonly digest: string;
  readonly source: string;
  readonly revision: string;
}

const parallel = 8;

/** Tags that the filters let through, last first; without those that cosign makes. Source: fluxcd/pkg/oci `List`. */
export function filterTags(tags: readonly string[], filter: ListFilter): string[] {
  const inRange = filter.semver ? rangeOf(filter.semver) : (): boolean => true;
  const matches = filter.regex ? patternOf(filter.regex) : (): boolean => true;
  const isCosigns = (tag: string): boolean => /\.(?:att|sbom|sig)$/.test(tag);
  return [...tags]
    .sort()
    .reverse()
    .filter((tag) => !isCosigns(tag) && inRange(tag) && matches(tag));
}

/** @throws EddyError USAGE in upstream's words. */
function rangeOf(text: string): (tag: string) => boolean {
  try {
    const constraint = parseConstraint(text);
    return (tag) => {
      const version = parseThreePartVersion(tag);
      return version !== undefined && constraint.check(version);
    };
  } catch (error) {
    throw new EddyError("USAGE", `semver '${text}' parse error: ${messageOf(error)}`, { class: "terminal" });
  }
}

function patternOf(text: string): (tag: string) => boolean {
  try {
    const pattern = RE2JS.compile(text);
    return (tag) => pattern.matcher(tag).find();
  } catch (error) {
    throw new EddyError("USAGE", `regex '${text}' parse error: ${messageOf(error)}`, { class: "terminal" });
  }
}

/** The artifacts of a repository, with what their manifests say of their origin. */
export async function listArtifacts(
  client: OciClient,
  repository: Repository,
  filter: ListFilter,
  call: OciCallOptions,
): Promise<ListedArtifact[]> {
  const tags = filterTags(await client.listTags(repository, call), filter);
  const listed: ListedArtifact[] = [];
  for (let start = 0; start < tags.length; start += parallel) {
    const some = tags.slice(start, start + parallel);
    listed.push(...(await Promise.all(some.map((tag) => describe(client, repository, tag, call)))));
  }
  return listed;
}

async function describe(
  client: OciClient,
  repository: Repository,
  tag: string,
  call: OciCallOptions,
): Promise<ListedArtifact> {
  const { descriptor, bytes } = await client.fetchManifest(withTag(repository, tag), call);
  const { source, revision } = originOf(parseImageManifest(bytes).annotations);
  return { tag, digest: descriptor.digest, source, revision };
}
