import { compileRegExp } from "@eddy/core/go-regexp";
import { compareText } from "@eddy/core/json";
import { compareVersions, type Version } from "@eddy/core/semver";
import { EddyError, messageOf } from "@eddy/core/errors";
import { matchesGlob } from "../glob.ts";
import type { Policy } from "../policy.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { TagKey, TagRule } from "../rule.ts";
import type { Tag } from "../tag.ts";
import { sameTagRule } from "./same-tag.ts";
import { compareByVersion, looseVersion } from "./versions.ts";

type KeelPolicy = Extract<Policy, { form: "keel" }>;
type Level = "all" | "major" | "minor" | "patch";

/**
 * Keel's policies. One differs from Keel, which let `regexp:` go back to an older tag: what is not newer than what runs, by the
 * same order, is refused. Source: keel-hq/keel internal/policy; spec/flux1-keel-flagger.md 2.2.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal).
 */
export function keelRule({ rule, matchTag, matchPreRelease }: KeelPolicy, current: Tag | undefined): TagRule {
  switch (rule.form) {
    case "glob":
      return globRule(rule.pattern);
    case "regexp":
      return regexpRule(rule.pattern);
    case "force":
      return matchTag ? sameTagRule() : forceRule(current);
    case "default":
      return current && dottedVersion(current.name) ? levelRule("all", matchPreRelease) : sameTagRule();
    default:
      return levelRule(rule.form, matchPreRelease);
  }
}

/** Two or three parts: a bare number such as `3050` is a build, no version. */
export function dottedVersion(text: string): Version | undefined {
  return text.includes(".") ? looseVersion(text) : undefined;
}

function versionKey(tag: Tag): TagKey | Refusal {
  const version = dottedVersion(tag.name);
  return version ? { tag, text: tag.name, version } : refuse(tag, "NotAVersion");
}

function levelRule(level: Level, matchPreRelease: boolean): TagRule {
  return {
    keyOf: versionKey,
    refusalOf: ({ tag, version }, current) =>
      version && current && current.name !== tag.name
        ? refusalOfLevel(tag, version, current, level, matchPreRelease)
        : undefined,
    compare: compareByVersion,
    needsDates: false,
    followsDigest: false,
  };
}

function refusalOfLevel(
  tag: Tag,
  version: Version,
  current: Tag,
  level: Level,
  matchPreRelease: boolean,
): Refusal | undefined {
  if (current.name === "latest") return undefined;
  const running = looseVersion(current.name);
  const shown = JSON.stringify(current.name);
  if (!running) return refuse(tag, "UnreadableCurrent", shown);
  if (matchPreRelease && level !== "all" && running.prerelease !== version.prerelease)
    return refuse(tag, "PreRelease", shown);
  if (compareVersions(version, running) <= 0) return refuse(tag, "NotNewer", shown);
  if (level !== "minor" && level !== "patch") return undefined;
  if (version.major !== running.major) return refuse(tag, "MajorChange", shown);
  return level === "patch" && version.minor !== running.minor ? refuse(tag, "MinorChange", shown) : undefined;
}

/**
 * Any tag; versions first, the highest one before others. The rest has no order: what runs stays, unless one tag alone is
 * asked about.
 */
function forceRule(current: Tag | undefined): TagRule {
  return {
    keyOf(tag) {
      const version = dottedVersion(tag.name);
      return { tag, text: tag.name, ...(version ? { version } : {}) };
    },
    refusalOf({ tag, version }, running) {
      const than = running && dottedVersion(running.name);
      if (!version || !than || running.name === tag.name || compareVersions(version, than) > 0) return undefined;
      return refuse(tag, "NotNewer", JSON.stringify(running.name));
    },
    // From a version to a branch and back again would never end.
    isUnordered: ({ version }, running) =>
      !version && running !== undefined && dottedVersion(running.name) !== undefined,
    compare(left, right) {
      if (left.version && right.version) return compareByVersion(left, right);
      if (left.version || right.version) return left.version ? 1 : -1;
      if (left.text === current?.name || right.text === current?.name) return left.text === current?.name ? 1 : -1;
      return -compareText(left.text, right.text);
    },
    needsDates: false,
    followsDigest: true,
  };
}

function globRule(pattern: string): TagRule {
  return {
    keyOf: (tag) => (matchesGlob(pattern, tag.name) ? { tag, text: tag.name } : refuse(tag, "FilteredOut")),
    refusalOf: ({ tag }, current) =>
      current === undefined || current.name === tag.name || compareText(tag.name, current.name) > 0
        ? undefined
        : refuse(tag, "NotNewer", JSON.stringify(current.name)),
    compare: (left, right) => compareText(left.text, right.text),
    needsDates: false,
    followsDigest: false,
  };
}

function regexpRule(pattern: string): TagRule {
  const compiled = compile(pattern);
  const comparesGroup = compiled.groupNames.includes("compare");
  const textOf = (tag: string): string | undefined => {
    if (!compiled.test(tag)) return undefined;
    return comparesGroup ? (compiled.group("compare", tag) ?? "") : tag;
  };
  return {
    keyOf(tag) {
      const text = textOf(tag.name);
      return text === undefined ? refuse(tag, "FilteredOut") : { tag, text };
    },
    refusalOf({ tag, text }, current) {
      const running = current && textOf(current.name);
      if (running === undefined || current?.name === tag.name || compareText(text, running) > 0) return undefined;
      return refuse(tag, "NotNewer", JSON.stringify(current?.name));
    },
    compare: (left, right) => compareText(left.text, right.text) || compareText(left.tag.name, right.tag.name),
    needsDates: false,
    followsDigest: false,
  };
}

function compile(pattern: string): ReturnType<typeof compileRegExp> {
  try {
    return compileRegExp(pattern);
  } catch (error) {
    throw new EddyError("INVALID_IMAGE_POLICY", `failed to parse regexp pattern, error: ${messageOf(error)}`, {
      class: "terminal",
      cause: error,
    });
  }
}
