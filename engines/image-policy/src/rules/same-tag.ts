import { refuse } from "../refusal.ts";
import type { TagRule } from "../rule.ts";

/** The tag that runs, and what the registry has under it now. */
export function sameTagRule(): TagRule {
  return {
    keyOf: (tag) => ({ tag, text: tag.name }),
    refusalOf: ({ tag }, current) =>
      current?.name === tag.name ? undefined : refuse(tag, "OtherTag", current && JSON.stringify(current.name)),
    compare: () => 0,
    needsDates: false,
    followsDigest: true,
  };
}

/** Nothing at all. */
export function neverRule(): TagRule {
  return {
    keyOf: (tag) => refuse(tag, "Never"),
    refusalOf: () => undefined,
    compare: () => 0,
    spoiledBy: "Never",
    needsDates: false,
    followsDigest: false,
  };
}
