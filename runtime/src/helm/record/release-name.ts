import { sha256 } from "@eddy/core/digest";
import { ReleaseError } from "../release-error.ts";

const maxLength = 53;
const pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/**
 * What is wrong with the name of a release, in Helm's words; undefined when nothing is.
 * Source: Helm `chart/v2/util/validate_name.go`.
 */
export function releaseNameProblem(name: string): string | undefined {
  if (name === "") return "no name provided";
  if (name.length <= maxLength && isReleaseName(name)) return undefined;
  return `invalid release name, must match regex ${pattern} and the length must not be longer than ${maxLength}`;
}

function isReleaseName(name: string): boolean {
  return name.split(".").every((label) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label));
}

/** @throws ReleaseError RELEASE_NAME_INVALID (terminal): `<lead>: <name>`. */
export function requireReleaseName(name: string, lead: string): void {
  if (releaseNameProblem(name) === undefined) return;
  throw new ReleaseError("RELEASE_NAME_INVALID", `${lead}: ${name}`, { class: "terminal" });
}

/**
 * The name, or of a longer one than 53 bytes the first 40, a dash and 12 hex digits of its SHA-256.
 * Source: helm-controller `release/name.go`, flux2.md 3.12.
 */
export function shortenReleaseName(name: string): string {
  if (Buffer.byteLength(name) <= maxLength) return name;
  return `${Buffer.from(name).subarray(0, 40).toString()}-${sha256(name).slice(0, 12)}`;
}
