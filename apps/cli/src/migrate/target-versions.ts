import { kinds, type Kind } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";

/** The version that a kind has in a release of Flux; undefined for a kind that is not Flux's. */
export type TargetVersion = (group: string, kind: string) => string | undefined;

/** Releases that files can be migrated to, the newest first. Source: fluxcd/flux2 2.9.5 cmd/flux/migrate.go. */
export const targetReleases: readonly string[] = ["2.9", "2.8", "2.7", "2.6"];

// What a release has otherwise than the newest.
const olderVersions: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  "2.6": { "image.toolkit.fluxcd.io": "v1beta2", "source.extensions.fluxcd.io": undefined },
};

/** The kinds' versions in a release; in the newest unless one is given. @throws EddyError USAGE (terminal) in upstream's words */
export function targetVersions(release: string | undefined): TargetVersion {
  if (release !== undefined && !targetReleases.includes(release))
    throw new EddyError(
      "USAGE",
      `version ${release} is not supported, supported versions are: ${targetReleases.join(", ")}`,
      { class: "terminal" },
    );
  const older = olderVersions[release ?? ""] ?? {};
  const versions = new Map(
    kinds
      .filter(isFluxKind)
      .map((kind) => [
        keyOf(kind.group, kind.kind),
        Object.hasOwn(older, kind.group) ? older[kind.group] : kind.storageVersion,
      ]),
  );
  return (group, kind) => versions.get(keyOf(group, kind));
}

/** Whether a kind is Flux's: others are in a group of their own. */
export function isFluxKind({ group }: Pick<Kind, "group">): boolean {
  return group.endsWith(".fluxcd.io");
}

function keyOf(group: string, kind: string): string {
  return `${group}/${kind}`;
}
