import type { Policy } from "./policy.ts";
import type { TagRule } from "./rule.ts";
import { keelRule } from "./rules/keel.ts";
import { alphabeticalRule, numericalRule } from "./rules/ordered.ts";
import { patternRule } from "./rules/pattern.ts";
import { neverRule, sameTagRule } from "./rules/same-tag.ts";
import { semverRangeRule } from "./rules/semver-range.ts";
import type { Tag } from "./tag.ts";

/**
 * Makes a policy ready. `current`: what runs, which only Keel's default asks for.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal): a range or an expression that cannot be read.
 */
export function compilePolicy(policy: Policy, current?: Tag): TagRule {
  switch (policy.form) {
    case "semver":
      return semverRangeRule(policy.range, policy.filter);
    case "alphabetical":
      return alphabeticalRule(policy.order, policy.filter);
    case "numerical":
      return numericalRule(policy.order, policy.filter);
    case "pattern":
      return patternRule(policy.pattern);
    case "keel":
      return keelRule(policy, current);
    case "digest":
      return sameTagRule();
    case "never":
      return neverRule();
  }
}
