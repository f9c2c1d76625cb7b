import { compileRegExp } from "@eddy/core/go-regexp";
import { compareText } from "@eddy/core/json";
import { EddyError, messageOf } from "@eddy/core/errors";
import { matchesGlob } from "../glob.ts";
import type { TagPattern } from "../policy.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { TagKey, TagRule } from "../rule.ts";
import type { Tag } from "../tag.ts";
import { compareByVersion, compileRange, looseVersion, whyOutOfRange } from "./versions.ts";
import { refuseNotNewer } from "./not-newer.ts";

/**
 * Flux v1: of the tags that match, the highest version or the newest build. What cannot be read is refused; there it matched
 * everything. Source: fluxcd/flux pkg/policy/pattern.go, pkg/image/image.go.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal).
 */
export function patternRule({ form, text }: TagPattern): TagRule {
  switch (form) {
    case "semver":
      return highestRule(text);
    case "glob":
      return newestRule((tag) => matchesGlob(text, tag), text === "latest");
    case "regexp":
      return newestRule(matcherOf(text), false);
  }
}

function matcherOf(pattern: string): (tag: string) => boolean {
  try {
    const compiled = compileRegExp(pattern);
    return (tag) => compiled.test(tag);
  } catch (error) {
    throw new EddyError("INVALID_IMAGE_POLICY", `invalid policy: ${messageOf(error)}`, {
      class: "terminal",
      cause: error,
    });
  }
}

function highestRule(range: string): TagRule {
  const constraint = compileRange(range);
  const order = {
    keyOf(tag: Tag): TagKey | Refusal {
      const version = looseVersion(tag.name);
      return version ? { tag, text: tag.name, version } : refuse(tag, "NotAVersion");
    },
    compare: compareByVersion,
  };
  return {
    ...order,
    refusalOf(key, current) {
      const { tag, version } = key;
      if (version && !constraint.check(version)) return refuse(tag, "OutOfRange", whyOutOfRange(constraint, version));
      return refuseNotNewer(order, key, current);
    },
    needsDates: false,
    followsDigest: false,
  };
}

function newestRule(matches: (tag: string) => boolean, asksForLatest: boolean): TagRule {
  return {
    keyOf(tag) {
      if (tag.name.toLowerCase() === "latest" && !asksForLatest) return refuse(tag, "LatestTag");
      if (!matches(tag.name)) return refuse(tag, "FilteredOut");
      return tag.createdMs === undefined ? refuse(tag, "NoCreationDate") : { tag, text: tag.name };
    },
    refusalOf({ tag }, current) {
      if (current === undefined || current.name === tag.name || isNewer(tag, current)) return undefined;
      if (current.createdMs === undefined) return refuse(tag, "NoCreationDate", JSON.stringify(current.name));
      return refuse(tag, "NotNewer", JSON.stringify(current.name));
    },
    compare: (left, right) => (left.tag.name === right.tag.name ? 0 : isNewer(left.tag, right.tag) ? 1 : -1),
    spoiledBy: "NoCreationDate",
    needsDates: true,
    followsDigest: false,
  };
}

/** Built later; at the same time, the first in the alphabet, as upstream has it. */
function isNewer(left: Tag, right: Tag): boolean {
  if (left.createdMs === undefined || right.createdMs === undefined) return false;
  if (left.createdMs !== right.createdMs) return left.createdMs > right.createdMs;
  return compareText(left.name, right.name) < 0;
}
