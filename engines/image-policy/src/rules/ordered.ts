import { compareText } from "@eddy/core/json";
import { settleTie } from "../compare-keys.ts";
import { compileFilter } from "../filter.ts";
import type { SortOrder, TagFilter } from "../policy.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { TagKey, TagRule } from "../rule.ts";
import type { Tag } from "../tag.ts";
import { refuseNotNewer } from "./not-newer.ts";
import { parseFloat64 } from "./parse-float.ts";

type Order = Pick<TagRule, "keyOf" | "compare">;

/** By letters. Source: image-reflector-controller internal/policy/alphabetical.go. */
export function alphabeticalRule(order: SortOrder, filter: TagFilter | undefined): TagRule {
  const extract = compileFilter(filter);
  return orderedRule({
    keyOf(tag) {
      const text = extract(tag.name);
      return text === undefined ? refuse(tag, "FilteredOut") : { tag, text };
    },
    compare: (left, right) => directed(compareText(left.text, right.text), order) || settleTie(left, right, "last"),
  });
}

/** By value. Source: image-reflector-controller internal/policy/numerical.go. */
export function numericalRule(order: SortOrder, filter: TagFilter | undefined): TagRule {
  const extract = compileFilter(filter);
  return {
    ...orderedRule({
      keyOf(tag: Tag): TagKey | Refusal {
        const text = extract(tag.name);
        if (text === undefined) return refuse(tag, "FilteredOut");
        const value = parseFloat64(text);
        return value === undefined ? refuse(tag, "NotANumber", `'${text}'`) : { tag, text, value };
      },
      // Two infinities have no difference.
      compare: (left, right) =>
        directed((left.value ?? 0) - (right.value ?? 0), order) || settleTie(left, right, "first"),
    }),
    spoiledBy: "NotANumber",
  };
}

function orderedRule(order: Order): TagRule {
  return {
    ...order,
    refusalOf: (key, current) => refuseNotNewer(order, key, current),
    needsDates: false,
    followsDigest: false,
  };
}

function directed(difference: number, order: SortOrder): number {
  return order === "asc" ? difference : -difference;
}
