import { EddyError } from "../errors/index.ts";
import { compareText } from "../json/index.ts";

/** A version. Numbers are up to 2^64-1, as upstream has them. `original` is the text it was read from. */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Without the `-`; "" for a release. */
  readonly prerelease: string;
  /** Without the `+`; does not count in comparisons. */
  readonly metadata: string;
  readonly original: string;
}

const maxLength = 256;
const maxNumber = 2n ** 64n - 1n;
const loosePattern =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/**
 * Reads a version as people write them: `v1.2`, `1`, `01.2.3`. Missing parts are 0.
 * Source: Masterminds/semver v3 `NewVersion`.
 * @throws EddyError INVALID_VERSION (terminal), worded as upstream words it.
 */
export function parseVersion(text: string): Version {
  if (Buffer.byteLength(text) > maxLength) throw tooLong();
  const match = loosePattern.exec(text);
  if (!match) throw invalid("invalid semantic version");
  const [, major = "", minor = "0", patch = "0", prerelease = "", metadata = ""] = match;
  const [majorNumber, minorNumber, patchNumber] = [major, minor, patch].map((segment) =>
    parseSegment(segment, "error parsing version segment: "),
  );
  if (prerelease !== "") checkPrerelease(prerelease);
  return {
    major: majorNumber ?? 0n,
    minor: minorNumber ?? 0n,
    patch: patchNumber ?? 0n,
    prerelease,
    metadata,
    original: text,
  };
}

/**
 * Reads `major.minor.patch` with nothing missing, no `v` and no leading zeros.
 * Source: Masterminds/semver v3 `StrictNewVersion`.
 * @throws EddyError INVALID_VERSION (terminal).
 */
export function parseStrictVersion(text: string): Version {
  if (text === "") throw invalid("version string empty");
  if (Buffer.byteLength(text) > maxLength) throw tooLong();
  const [major = "", minor, ...rest] = text.split(".");
  if (minor === undefined || rest.length === 0) throw invalid("invalid semantic version");
  const [withoutMetadata, metadata] = cut(rest.join("."), "+");
  if (metadata !== undefined) checkMetadata(metadata);
  const [patch, prerelease] = cut(withoutMetadata, "-");
  if (prerelease !== undefined) checkPrerelease(prerelease);
  for (const part of [major, minor, patch]) {
    if (!/^[0-9]*$/.test(part)) throw invalid("invalid characters in version");
    if (part.length > 1 && part.startsWith("0")) throw invalid("version segment starts with 0");
  }
  return {
    major: parseSegment(major),
    minor: parseSegment(minor),
    patch: parseSegment(patch),
    prerelease: prerelease ?? "",
    metadata: metadata ?? "",
    original: text,
  };
}

/**
 * Reads a version of three parts, with or without a `v`; parts may have leading zeros: `v2025.02.03-rc.1`. Undefined for what
 * is none. Source: fluxcd/pkg/version v0.16 `ParseVersion`, by which Flux reads tags and charts.
 */
export function parseThreePartVersion(text: string): Version | undefined {
  if (text.split(".", 3).length !== 3) return undefined;
  try {
    return parseVersion(text);
  } catch {
    return undefined;
  }
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The number of a segment; `context` is what upstream puts before its parser's complaint. */
function parseSegment(text: string, context = ""): bigint {
  const complaint = `${context}strconv.ParseUint: parsing ${JSON.stringify(text)}: `;
  if (text === "") throw invalid(`${complaint}invalid syntax`);
  const value = BigInt(text);
  if (value > maxNumber) throw invalid(`${complaint}value out of range`);
  return value;
}

function checkPrerelease(text: string): void {
  for (const part of text.split(".")) {
    if (/^[0-9]+$/.test(part)) {
      if (part.length > 1 && part.startsWith("0")) throw invalid("version segment starts with 0");
    } else if (!/^[0-9A-Za-z-]+$/.test(part)) throw invalid("invalid prerelease string");
  }
}

function checkMetadata(text: string): void {
  if (!/^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/.test(text)) throw invalid("invalid metadata string");
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_VERSION", message, { class: "terminal" });
}

function tooLong(): EddyError {
  return invalid(`version string is too long (max ${maxLength} bytes)`);
}

/** `major.minor.patch[-prerelease][+metadata]`. */
export function formatVersion(version: Version): string {
  const numbers = `${version.major}.${version.minor}.${version.patch}`;
  return (
    numbers +
    (version.prerelease === "" ? "" : `-${version.prerelease}`) +
    (version.metadata === "" ? "" : `+${version.metadata}`)
  );
}

/** Orders versions by precedence: negative, 0 or positive. Metadata does not count. */
export function compareVersions(left: Version, right: Version): number {
  for (const segment of ["major", "minor", "patch"] as const) {
    if (left[segment] !== right[segment]) return left[segment] < right[segment] ? -1 : 1;
  }
  if (left.prerelease === right.prerelease) return 0;
  if (left.prerelease === "") return 1;
  if (right.prerelease === "") return -1;
  return comparePrereleases(left.prerelease, right.prerelease);
}

/** Orders pre-releases part by part: numbers by value and below text, fewer parts below more. */
export function comparePrereleases(left: string, right: string): number {
  const leftParts = left.split(".");
  const rightParts = right.split(".");
  for (let index = 0; index < Math.max(leftParts.length, rightParts.length); index++) {
    const order = comparePart(leftParts[index] ?? "", rightParts[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(left: string, right: string): number {
  if (left === right) return 0;
  if (left === "" || right === "") return left === "" ? -1 : 1;
  const [leftNumber, rightNumber] = [numberOf(left), numberOf(right)];
  if (leftNumber === undefined && rightNumber === undefined) return compareText(left, right) > 0 ? 1 : -1;
  if (leftNumber === undefined) return 1;
  if (rightNumber === undefined) return -1;
  return leftNumber > rightNumber ? 1 : -1;
}

/** A part that is too large for 64 bits counts as text, upstream and here. */
function numberOf(part: string): bigint | undefined {
  if (!/^[0-9]+$/.test(part)) return undefined;
  const value = BigInt(part);
  return value > maxNumber ? undefined : value;
}
