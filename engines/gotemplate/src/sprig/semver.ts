import {
  type Constraint,
  compareVersions,
  formatVersion,
  parseConstraint,
  parseVersion,
  type Version,
} from "@eddy/core/semver";
import { type FunctionTable, goFunction, goMethod } from "../function.ts";
import { type GoType, pointerTo, structType } from "../value/go-type.ts";
import { Struct } from "../value/go-value.ts";
import { int, integer } from "../value/integer.ts";

/** A version as sprig's `semver` gives it: a pointer to a struct with methods. */
class SemverValue extends Struct {
  readonly version: Version;

  constructor(version: Version, type: GoType) {
    super(type);
    this.version = version;
  }

  equals(other: SemverValue): boolean {
    return (
      formatVersion(this.version) === formatVersion(other.version) && this.version.original === other.version.original
    );
  }
}

/** The next version: what comes behind the number that grows is 0. A prerelease's patch version is its release. */
function bump(version: Version, part: "major" | "minor" | "patch"): Version {
  const { major, minor, patch, prerelease } = version;
  const next = { major, minor, patch, prerelease: "", metadata: "" };
  if (part === "major") Object.assign(next, { major: major + 1n, minor: 0n, patch: 0n });
  else if (part === "minor") Object.assign(next, { minor: minor + 1n, patch: 0n });
  else if (prerelease === "") next.patch = patch + 1n;
  const prefix = version.original.startsWith("v") ? "v" : "";
  return { ...next, original: `${prefix}${formatVersion({ ...next, original: "" })}` };
}

const self: GoType = structType("semver.Version", {});

function uint(value: bigint): ReturnType<typeof integer> {
  return integer("uint64", value);
}

const methods = {
  Major: goMethod([], "uint64", (_, { version }: SemverValue) => uint(version.major)),
  Minor: goMethod([], "uint64", (_, { version }: SemverValue) => uint(version.minor)),
  Patch: goMethod([], "uint64", (_, { version }: SemverValue) => uint(version.patch)),
  Prerelease: goMethod([], "string", (_, { version }: SemverValue) => version.prerelease),
  Metadata: goMethod([], "string", (_, { version }: SemverValue) => version.metadata),
  String: goMethod([], "string", (_, { version }: SemverValue) => formatVersion(version)),
  Original: goMethod([], "string", (_, { version }: SemverValue) => version.original),
  IncMajor: goMethod([], self, (_, { version }: SemverValue) => valueOf(bump(version, "major"))),
  IncMinor: goMethod([], self, (_, { version }: SemverValue) => valueOf(bump(version, "minor"))),
  IncPatch: goMethod([], self, (_, { version }: SemverValue) => valueOf(bump(version, "patch"))),
};

const options = {
  format: (value: never) => formatVersion((value as SemverValue).version),
  toJson: (value: never) => formatVersion((value as SemverValue).version),
};

const pointer: GoType = pointerTo(structType("semver.Version", {}));

function comparing(isTrue: (order: number) => boolean): ReturnType<typeof goMethod> {
  return goMethod([pointer], "bool", (_, { version }: SemverValue, other) =>
    isTrue(compareVersions(version, (other as SemverValue).version)),
  );
}

const versionType: GoType = {
  ...pointer,
  ...options,
  methods: {
    ...methods,
    Compare: goMethod([pointer], "int", (_, { version }: SemverValue, other) =>
      int(compareVersions(version, (other as SemverValue).version)),
    ),
    Equal: comparing((order) => order === 0),
    LessThan: comparing((order) => order < 0),
    LessThanEqual: comparing((order) => order <= 0),
    GreaterThan: comparing((order) => order > 0),
    GreaterThanEqual: comparing((order) => order >= 0),
  },
};

/** Increased versions are structs, not pointers; Go calls the same methods on them, for a variable can be pointed to. */
function valueOf(version: Version): SemverValue {
  return new SemverValue(version, { ...versionType, name: "semver.Version", kind: "struct" });
}

/** Charts ask for the same few ranges again and again. */
const maxKept = 500;
const ranges = new Map<string, Constraint>();

function rangeOf(text: string): Constraint {
  let range = ranges.get(text);
  if (range === undefined) {
    range = parseConstraint(text);
    if (ranges.size >= maxKept) ranges.clear();
    ranges.set(text, range);
  }
  return range;
}

/** Functions on semantic versions. Source: Masterminds/semver v3. */
export const semverFunctions: FunctionTable = {
  semver: goFunction(["string"], versionType, (_, text) => new SemverValue(parseVersion(text), versionType)),
  semverCompare: goFunction(["string", "string"], "bool", (_, range, text) => {
    return rangeOf(range).check(parseVersion(text));
  }),
};
