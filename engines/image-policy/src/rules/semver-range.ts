import { parseThreePartVersion } from "@eddy/core/semver";
import { compileFilter } from "../filter.ts";
import type { TagFilter } from "../policy.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { TagKey, TagRule } from "../rule.ts";
import type { Tag } from "../tag.ts";
import { refuseNotNewer } from "./not-newer.ts";
import { compareByVersion, compileRange, looseVersion, whyOutOfRange } from "./versions.ts";

/** The highest version of a range. Source: image-reflector-controller internal/policy/semver.go. */
export function semverRangeRule(range: string, filter: TagFilter | undefined): TagRule {
  const constraint = compileRange(range);
  const extract = compileFilter(filter);
  const keyBy =
    (read: typeof parseThreePartVersion) =>
    (tag: Tag): TagKey | Refusal => {
      const text = extract(tag.name);
      if (text === undefined) return refuse(tag, "FilteredOut");
      const version = read(text);
      return version ? { tag, text, version } : refuse(tag, "NotAVersion");
    };
  // What runs may be written with less: `1.10` runs, and `1.9.0` is older.
  const order = { keyOf: keyBy(looseVersion), compare: compareByVersion };
  return {
    keyOf: keyBy(parseThreePartVersion),
    compare: compareByVersion,
    refusalOf(key, current) {
      const { tag, version } = key;
      if (version && !constraint.check(version)) return refuse(tag, "OutOfRange", whyOutOfRange(constraint, version));
      return refuseNotNewer(order, key, current);
    },
    needsDates: false,
    followsDigest: false,
  };
}
