/**
 * Semantic versions and ranges as Go programs of the Kubernetes world understand them: Masterminds/semver v3.
 *
 * Not npm's semver: commas, `!=`, `=>` and the pre-release rule differ. Entry points: {@link parseVersion} and
 * {@link parseConstraint}.
 */
export {
  comparePrereleases,
  compareVersions,
  formatVersion,
  parseStrictVersion,
  parseThreePartVersion,
  parseVersion,
  type Version,
} from "./version.ts";
export { parseConstraint, type Constraint } from "./constraint.ts";
