import { compareText } from "@eddy/core/json";
import { compilePolicy } from "./compile-policy.ts";
import type { Policy } from "./policy.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { isRefusal, type TagKey, type TagRule } from "./rule.ts";
import { isTagName, type Tag } from "./tag.ts";

/** What is to be chosen from, and for whom. */
export interface SelectOptions {
  /** What runs: without it nothing is too old. */
  readonly current?: Tag | undefined;
  /** Platforms that the image must run on; of a tag whose platforms nobody knows, it is assumed. */
  readonly platforms?: readonly string[] | undefined;
}

/** What a policy makes of a repository's tags. */
export type Selection =
  /** This tag, which is not what runs. */
  | { readonly outcome: "selected"; readonly tag: Tag }
  /** What runs is what is wanted. */
  | { readonly outcome: "unchanged"; readonly tag: Tag }
  /** No tag got past the filter: there may be none at all. */
  | { readonly outcome: "no-tags" }
  /** Tags got past the filter, and none would do. */
  | { readonly outcome: "none-accepted" }
  /** One tag spoils the choice: a number is none, a build date is missing, the policy says never. */
  | { readonly outcome: "spoiled"; readonly by: Refusal };

/**
 * The next tag. The order in which tags are given does not matter; they may be gone through twice. Nothing older than
 * `current` is chosen.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal).
 */
export function selectTag(policy: Policy, tags: Iterable<Tag>, options: SelectOptions = {}): Selection {
  const asked = completeOptions(policy, tags, options);
  return select(asked.rule, tags, asked.options);
}

/** So many tags are judged in a few milliseconds. */
const tagsATurn = 1_000;

/**
 * The choice of {@link selectTag}, with `turn` awaited after each thousand tags: a repository of 50,000 keeps nobody else waiting.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal); what `turn` throws.
 */
export async function selectTagInTurns(
  policy: Policy,
  tags: readonly Tag[],
  options: SelectOptions,
  turn: () => Promise<unknown>,
): Promise<Selection> {
  const asked = completeOptions(policy, tags, options);
  const choice = startChoice(asked.rule, asked.options);
  for (let at = 0; at < tags.length; at += tagsATurn) {
    if (at > 0) await turn();
    for (const tag of tags.slice(at, at + tagsATurn)) choice.judge(tag);
  }
  return choice.selection();
}

/**
 * Why this very tag would be refused; undefined where it would do. A tag that is lower than another one would do.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal).
 */
export function judgeTag(policy: Policy, tag: Tag, options: SelectOptions = {}): Refusal | undefined {
  const rule = compilePolicy(policy, options.current);
  const key = keyOf(rule, tag);
  return isRefusal(key) ? key : refusalOf(rule, key, options);
}

/** One tag, and what became of it. */
export interface Explanation {
  readonly tag: Tag;
  /** Absent for the one that is chosen. */
  readonly refusal?: Refusal;
  /** What of it was compared, where that is not the tag. */
  readonly compared?: string;
}

/**
 * The choice, and every tag with why it is, or is not, the one: first those that would do, best first, then the refused ones in
 * the alphabet's order.
 * @throws EddyError INVALID_IMAGE_POLICY (terminal).
 */
export function explainTags(
  policy: Policy,
  tags: Iterable<Tag>,
  given: SelectOptions = {},
): { selection: Selection; explanations: readonly Explanation[] } {
  const { rule, options } = completeOptions(policy, tags, given);
  const accepted: TagKey[] = [];
  const refused: Explanation[] = [];
  for (const tag of tags) {
    const key = keyOf(rule, tag);
    const refusal = isRefusal(key) ? key : refusalAmongOthers(rule, key, options);
    if (refusal) refused.push({ tag, refusal, ...comparedOf(key) });
    else if (!isRefusal(key)) accepted.push(key);
  }
  const selection = select(rule, tags, options);
  const chosen = "tag" in selection ? selection.tag.name : undefined;
  return {
    selection,
    explanations: [
      ...accepted
        .sort((left, right) => rule.compare(right, left))
        .map((key) => ({
          tag: key.tag,
          ...comparedOf(key),
          ...(key.tag.name === chosen ? {} : { refusal: lowerOrSpoiled(key.tag, selection) }),
        })),
      ...refused.sort((left, right) => compareText(left.tag.name, right.tag.name)),
    ],
  };
}

function comparedOf(key: TagKey | Refusal): { compared?: string } {
  return isRefusal(key) || key.text === key.tag.name ? {} : { compared: key.text };
}

function lowerOrSpoiled(tag: Tag, selection: Selection): Refusal {
  if (selection.outcome !== "spoiled") return refuse(tag, "Lower", "tag" in selection ? selection.tag.name : undefined);
  return refuse(tag, selection.by.reason, JSON.stringify(selection.by.tag));
}

/** What runs has the build date that the registry knows of it. */
function completeOptions(
  policy: Policy,
  tags: Iterable<Tag>,
  options: SelectOptions,
): { rule: TagRule; options: SelectOptions } {
  const { current } = options;
  const rule = compilePolicy(policy, current);
  if (!rule.needsDates || !current || current.createdMs !== undefined) return { rule, options };
  for (const { name, createdMs } of tags)
    if (name === current.name && createdMs !== undefined)
      return { rule, options: { ...options, current: { ...current, createdMs } } };
  return { rule, options };
}

function select(rule: TagRule, tags: Iterable<Tag>, options: SelectOptions): Selection {
  const choice = startChoice(rule, options);
  for (const tag of tags) choice.judge(tag);
  return choice.selection();
}

/** A choice that goes on tag by tag. */
function startChoice(rule: TagRule, options: SelectOptions): { judge(tag: Tag): void; selection(): Selection } {
  let best: TagKey | undefined;
  let spoiler: Refusal | undefined;
  let sawCandidate = false;
  return {
    judge(tag) {
      const key = keyOf(rule, tag);
      if (isRefusal(key)) {
        if (key.reason === rule.spoiledBy) spoiler = firstOf(spoiler, key);
        // A tag that is no version got past the filter all the same.
        sawCandidate ||= key.reason === "NotAVersion";
        return;
      }
      sawCandidate = true;
      if (refusalAmongOthers(rule, key, options)) return;
      if (!best || rule.compare(key, best) > 0) best = key;
    },
    selection() {
      if (spoiler) return { outcome: "spoiled", by: spoiler };
      if (best) return judgeBest(rule, best.tag, options.current);
      return { outcome: sawCandidate ? "none-accepted" : "no-tags" };
    },
  };
}

function keyOf(rule: TagRule, tag: Tag): TagKey | Refusal {
  return isTagName(tag.name) ? rule.keyOf(tag) : refuse(tag, "InvalidTag");
}

/** The order in which tags come must not show in a message. */
function firstOf(left: Refusal | undefined, right: Refusal): Refusal {
  return left === undefined || right.tag > left.tag ? right : left;
}

function refusalOf(rule: TagRule, key: TagKey, { current, platforms }: SelectOptions): Refusal | undefined {
  const missing = (platforms ?? []).filter((platform) => key.tag.platforms?.includes(platform) === false);
  if (missing.length > 0) return refuse(key.tag, "NoPlatform", missing.join(", "));
  return rule.refusalOf(key, current);
}

function refusalAmongOthers(rule: TagRule, key: TagKey, options: SelectOptions): Refusal | undefined {
  const refusal = refusalOf(rule, key, options);
  if (refusal || !rule.isUnordered?.(key, options.current)) return refusal;
  return refuse(key.tag, "Unordered", JSON.stringify(options.current?.name));
}

function judgeBest(rule: TagRule, tag: Tag, current: Tag | undefined): Selection {
  if (tag.name !== current?.name) return { outcome: "selected", tag };
  return { outcome: rule.followsDigest && isAnotherImage(tag, current) ? "selected" : "unchanged", tag };
}

/** Without both digests nobody can tell, and nothing is done. */
function isAnotherImage(tag: Tag, current: Tag): boolean {
  return tag.digest !== undefined && current.digest !== undefined && tag.digest !== current.digest;
}
