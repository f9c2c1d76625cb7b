import { messageOf } from "@eddy/core/errors";
import { compareVersions, formatVersion, parseStrictVersion, parseVersion, type Version } from "@eddy/core/semver";
import type { LibraryContext } from "./engine.ts";

/** A semantic version in an expression. */
class CelVersion {
  readonly version: Version;

  constructor(version: Version) {
    this.version = version;
  }

  toString(): string {
    return formatVersion(this.version);
  }
}

/** `v` in front, missing parts and leading zeros are made good, as the library's normalize does. */
function parse(text: string, normalize: boolean): Version {
  return normalize ? parseVersion(text) : parseStrictVersion(text);
}

function isVersion(text: string, normalize: boolean): boolean {
  try {
    parse(text, normalize);
    return true;
  } catch {
    return false;
  }
}

/** Kubernetes' semver library. */
export function registerVersions({ env, fail }: LibraryContext): void {
  env.registerType("Semver", CelVersion);
  const make = (text: string, normalize = false): CelVersion => {
    try {
      return new CelVersion(parse(text, normalize));
    } catch (error) {
      throw fail(messageOf(error));
    }
  };
  env.registerFunction("semver(string): Semver", (text: string) => make(text));
  env.registerFunction("semver(string, bool): Semver", make);
  env.registerFunction("isSemver(string): bool", (text: string) => isVersion(text, false));
  env.registerFunction("isSemver(string, bool): bool", isVersion);
  const compare = (left: CelVersion, right: CelVersion): number => compareVersions(left.version, right.version);
  env.registerFunction("Semver.compareTo(Semver): int", (left: CelVersion, right: CelVersion) =>
    BigInt(compare(left, right)),
  );
  env.registerFunction(
    "Semver.isLessThan(Semver): bool",
    (left: CelVersion, right: CelVersion) => compare(left, right) < 0,
  );
  env.registerFunction(
    "Semver.isGreaterThan(Semver): bool",
    (left: CelVersion, right: CelVersion) => compare(left, right) > 0,
  );
  env.registerOperator("Semver == Semver", (left: CelVersion, right: CelVersion) => compare(left, right) === 0);
  for (const part of ["major", "minor", "patch"] as const) {
    env.registerFunction(`Semver.${part}(): int`, ({ version }: CelVersion) => version[part]);
  }
}
