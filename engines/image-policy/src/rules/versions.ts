import { compareVersions, parseConstraint, parseVersion, type Constraint, type Version } from "@eddy/core/semver";
import { EddyError, messageOf } from "@eddy/core/errors";
import { settleTie } from "../compare-keys.ts";
import type { TagKey } from "../rule.ts";

/** A version as people write it: `v1`, `1.2`, `1.2.3-rc.1`. Source: Masterminds/semver `NewVersion`. */
export function looseVersion(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch {
    return undefined;
  }
}

/** By version; of equal ones the last text in the alphabet, which is the more explicit one. */
export function compareByVersion(left: TagKey, right: TagKey): number {
  const order = left.version && right.version ? compareVersions(left.version, right.version) : 0;
  return order === 0 ? settleTie(left, right, "last") : order;
}

/** @throws EddyError INVALID_IMAGE_POLICY (terminal) in upstream's words. */
export function compileRange(range: string): Constraint {
  try {
    return parseConstraint(range);
  } catch (error) {
    const message = `invalid policy: ${messageOf(error)}`;
    throw new EddyError("INVALID_IMAGE_POLICY", message, { class: "terminal", cause: error });
  }
}

/** Why a version is not in a range, in a few words. */
export function whyOutOfRange(constraint: Constraint, version: Version): string {
  return constraint.explain(version).at(-1) ?? JSON.stringify(constraint.toString());
}
