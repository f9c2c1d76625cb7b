import { compareText } from "@eddy/core/json";
import type { TagKey } from "./rule.ts";

/**
 * Settles what is equal in rank, so that a choice never depends on the order in which a registry lists. `prefers`: which text
 * wins. Tags that give the same text: the first in the alphabet, as upstream's map keeps of a list in descending order.
 */
export function settleTie(left: TagKey, right: TagKey, prefers: "first" | "last"): number {
  const byText = compareText(left.text, right.text);
  if (byText !== 0) return prefers === "last" ? byText : -byText;
  return -compareText(left.tag.name, right.tag.name);
}
