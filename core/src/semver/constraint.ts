import { RE2JS } from "re2js";
import { EddyError } from "../errors/index.ts";
import { quoteGo } from "../go-text/index.ts";
import { comparePrereleases, compareVersions, formatVersion, parseVersion, type Version } from "./version.ts";

/** A range of versions, like `>=1.2 <2 || ^3.0.0-0`. */
export interface Constraint {
  /** Whether the version is in the range. A pre-release only is where the same group mentions one. */
  check(version: Version): boolean;
  /** Why the version is not in the range, one text for each part that refuses it; empty when it is. */
  explain(version: Version): string[];
  /** The range in upstream's spelling. */
  toString(): string;
}

interface Comparison {
  readonly operator: string;
  readonly original: string;
  readonly version: Version;
  /** Which parts were left out or `x`: all that follow it count as left out, too. */
  readonly open: "none" | "major" | "minor" | "patch";
}

const maxLength = 512;
const maxGroups = 32;

// The pieces stand as upstream has them, character classes with a literal `|` included.
const space = "[\\t\\n\\f\\r ]";
const operatorPattern = "=||!=|>|<|>=|=>|<=|=<|~|~>|\\^";
const versionPattern =
  "v?([0-9|x|X|\\*]+)(\\.[0-9|x|X|\\*]+)?(\\.[0-9|x|X|\\*]+)?(-([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?(\\+([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?";
const singlePattern = RE2JS.compile(`^${space}*(${operatorPattern})${space}*(${versionPattern})${space}*$`);
const rangePattern = RE2JS.compile(`${space}*(${versionPattern})${space}+-${space}+(${versionPattern})${space}*`);
const findPattern = RE2JS.compile(`(${operatorPattern})${space}*(${versionPattern})`);
const validPattern = RE2JS.compile(
  `^(${space}*(${operatorPattern})${space}*(${versionPattern})${space}*)((?:${space}+|,${space}*)(${operatorPattern})${space}*(${versionPattern})${space}*)*$`,
);

/**
 * Reads a range: groups separated by `||`, of comparisons separated by commas or spaces; `^ ~ > < >= => <= =< = !=`,
 * wildcards, `1.2 - 2.3`. Source: Masterminds/semver v3 `NewConstraint`.
 * @throws EddyError INVALID_CONSTRAINT (terminal), worded as upstream words it.
 */
export function parseConstraint(text: string): Constraint {
  if (Buffer.byteLength(text) > maxLength) throw invalid(`constraint string is too long (max ${maxLength} bytes)`);
  const groups = rewriteRanges(text).split("||");
  if (groups.length > maxGroups) throw invalid(`too many constraint groups (max ${maxGroups})`);
  return constraintOf(groups.map(parseGroup));
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_CONSTRAINT", message, { class: "terminal" });
}

/** `1.2 - 2.3` becomes `>= 1.2, <= 2.3`. */
function rewriteRanges(text: string): string {
  const matcher = rangePattern.matcher(text);
  let rewritten = text;
  while (matcher.find()) {
    const [whole, low, high] = [matcher.group(0), matcher.group(1), matcher.group(11)];
    rewritten = rewritten.replace(whole ?? "", () => `>= ${low}, <= ${high} `);
  }
  return rewritten;
}

function parseGroup(text: string): Comparison[] {
  if (!validPattern.matcher(text).find()) throw invalid(`improper constraint: ${quoteGo(text)}`);
  const matcher = findPattern.matcher(text);
  const comparisons: Comparison[] = [];
  while (matcher.find()) comparisons.push(parseComparison(matcher.group(0) ?? ""));
  return comparisons;
}

function parseComparison(text: string): Comparison {
  const matcher = singlePattern.matcher(text);
  if (!matcher.find()) throw invalid(`improper constraint: ${quoteGo(text)}`);
  const group = (index: number): string => matcher.group(index) ?? "";
  const [major, minor, patch, prerelease] = [group(3), group(4), group(5), group(6)];
  const open = isOpen(major) ? "major" : isOpen(minor) ? "minor" : isOpen(patch) ? "patch" : "none";
  const versionText = {
    major: `0.0.0${prerelease}`,
    minor: `${major}.0.0${prerelease}`,
    patch: `${major}${minor}.0${prerelease}`,
    none: group(2),
  };
  try {
    return { operator: group(1), original: group(2), version: parseVersion(versionText[open]), open };
  } catch {
    throw invalid("constraint parser error");
  }
}

function isOpen(part: string): boolean {
  return ["", "x", "X", "*"].includes(part.replace(/^\./, ""));
}

function constraintOf(groups: readonly (readonly Comparison[])[]): Constraint {
  const mentionsPrerelease = groups.map((group) => group.some((comparison) => comparison.version.prerelease !== ""));
  const admits = (index: number, version: Version): boolean =>
    version.prerelease === "" || mentionsPrerelease[index] === true;
  const check = (version: Version): boolean =>
    groups.some(
      (group, index) =>
        admits(index, version) && group.every((comparison) => refusal(version, comparison) === undefined),
    );
  return {
    check,
    explain: (version) => (check(version) ? [] : explain(groups, admits, version)),
    toString: () =>
      groups.map((group) => group.map(({ operator, original }) => operator + original).join(" ")).join(" || "),
  };
}

function explain(
  groups: readonly (readonly Comparison[])[],
  admits: (index: number, version: Version) => boolean,
  version: Version,
): string[] {
  const texts: string[] = [];
  let prereleaseTold = false;
  for (const [index, group] of groups.entries()) {
    if (admits(index, version)) {
      texts.push(...group.flatMap((comparison) => refusal(version, comparison)?.(name(version)) ?? []));
    } else if (!prereleaseTold && group.length > 0) {
      prereleaseTold = true;
      texts.push(`${name(version)} is a prerelease version and the constraint is only looking for release versions`);
    }
  }
  return texts;
}

function name(version: Version): string {
  return JSON.stringify(formatVersion(version));
}

/** Words why a version, given its quoted name, is refused. */
type Refusal = (version: string) => string;

const operators: Readonly<Record<string, (version: Version, comparison: Comparison) => Refusal | undefined>> = {
  "": refuseEqualOrOpen,
  "=": refuseEqualOrOpen,
  "!=": refuseNotEqual,
  ">": refuseGreater,
  "<": (version, { version: bound, original }) =>
    compareVersions(version, bound) < 0
      ? undefined
      : (v) => `${v} is greater than or equal to ${JSON.stringify(original)}`,
  ">=": refuseGreaterOrEqual,
  "=>": refuseGreaterOrEqual,
  "<=": refuseLessOrEqual,
  "=<": refuseLessOrEqual,
  "~": refuseTilde,
  "~>": refuseTilde,
  "^": refuseCaret,
};

function refusal(version: Version, comparison: Comparison): Refusal | undefined {
  return operators[comparison.operator]?.(version, comparison);
}

function refuseEqualOrOpen(version: Version, comparison: Comparison): Refusal | undefined {
  if (comparison.open !== "none") return refuseTilde(version, comparison);
  if (compareVersions(version, comparison.version) === 0) return undefined;
  return (v) => `${v} is not equal to ${JSON.stringify(comparison.original)}`;
}

function refuseNotEqual(version: Version, { version: other, original, open }: Comparison): Refusal | undefined {
  const equal: Refusal = (v) => `${v} is equal to ${JSON.stringify(original)}`;
  if (open === "none") return compareVersions(version, other) === 0 ? equal : undefined;
  if (version.major !== other.major) return undefined;
  if (open === "minor") return equal;
  if (version.minor !== other.minor) return undefined;
  if (open === "patch")
    return version.prerelease !== other.prerelease && comparePrereleases(version.prerelease, other.prerelease) !== 0
      ? undefined
      : equal;
  // `!=*`: upstream compares with 0.0.0.
  if (version.patch !== other.patch) return undefined;
  return compareVersions(version, other) === 0 ? equal : undefined;
}

function refuseGreater(version: Version, { version: bound, original, open }: Comparison): Refusal | undefined {
  const refused: Refusal = (v) => `${v} is less than or equal to ${JSON.stringify(original)}`;
  const judge = (greater: boolean): Refusal | undefined => (greater ? undefined : refused);
  if (open === "none") return judge(compareVersions(version, bound) > 0);
  if (version.major !== bound.major) return judge(version.major > bound.major);
  if (open === "minor") return refused;
  if (open === "patch") return judge(version.minor > bound.minor);
  return judge(compareVersions(version, bound) > 0);
}

function refuseGreaterOrEqual(version: Version, { version: bound, original }: Comparison): Refusal | undefined {
  return compareVersions(version, bound) >= 0 ? undefined : (v) => `${v} is less than ${JSON.stringify(original)}`;
}

function refuseLessOrEqual(version: Version, { version: bound, original, open }: Comparison): Refusal | undefined {
  const refused: Refusal = (v) => `${v} is greater than ${JSON.stringify(original)}`;
  if (open === "none") return compareVersions(version, bound) <= 0 ? undefined : refused;
  if (version.major > bound.major) return refused;
  return version.major === bound.major && version.minor > bound.minor && open !== "minor" ? refused : undefined;
}

function refuseTilde(version: Version, { version: base, original, open }: Comparison): Refusal | undefined {
  const quoted = JSON.stringify(original);
  if (compareVersions(version, base) < 0) return (v) => `${v} is less than ${quoted}`;
  const anything = base.major === 0n && base.minor === 0n && base.patch === 0n && open !== "minor" && open !== "patch";
  if (anything) return undefined;
  if (version.major !== base.major) return (v) => `${v} does not have same major version as ${quoted}`;
  if (version.minor !== base.minor && open !== "minor")
    return (v) => `${v} does not have same major and minor version as ${quoted}`;
  return undefined;
}

function refuseCaret(version: Version, { version: base, original, open }: Comparison): Refusal | undefined {
  const quoted = JSON.stringify(original);
  if (compareVersions(version, base) < 0) return (v) => `${v} is less than ${quoted}`;
  if (version.major !== base.major && (base.major > 0n || open === "minor" || version.major > 0n)) {
    return (v) => `${v} does not have same major version as ${quoted}`;
  }
  if (base.major > 0n || open === "minor") return undefined;
  if (base.minor > 0n || open === "patch") {
    if (version.minor === base.minor) return undefined;
    return (v) =>
      `${v} does not have same minor version as ${quoted}. Expected minor versions to match when constraint major version is 0`;
  }
  if (version.minor > 0n) return (v) => `${v} does not have same minor version as ${quoted}`;
  if (version.patch === base.patch) return undefined;
  return (v) =>
    `${v} does not equal ${quoted}. Expect version and constraint to equal when major and minor versions are 0`;
}
