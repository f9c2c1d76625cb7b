import { refuse, type Refusal } from "../refusal.ts";
import { isRefusal, type TagKey, type TagRule } from "../rule.ts";
import type { Tag } from "../tag.ts";

/** Refuses what is not newer than what runs, where that has a place in the same order. */
export function refuseNotNewer(
  order: Pick<TagRule, "keyOf" | "compare">,
  key: TagKey,
  current: Tag | undefined,
): Refusal | undefined {
  if (current === undefined || current.name === key.tag.name) return undefined;
  const running = order.keyOf(current);
  if (isRefusal(running) || order.compare(key, running) > 0) return undefined;
  return refuse(key.tag, "NotNewer", JSON.stringify(current.name));
}
