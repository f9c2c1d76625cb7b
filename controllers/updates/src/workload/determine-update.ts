import { messageOf } from "@eddy/core/errors";
import {
  compilePolicy,
  explainRefusal,
  judgeTag,
  selectTag,
  type Policy,
  type Selection,
  type Tag,
} from "@eddy/image-policy";
import type { UpdateRecord } from "./record.ts";

/** What is known of one image at one time. */
export interface UpdateObservation {
  readonly policy: Policy;
  /** What the object has; its digest as far as it is known. */
  readonly current: Tag;
  /** The digest that the object itself names. */
  readonly pinned?: string | undefined;
  /** What the registry has. */
  readonly tags: readonly Tag[];
  /** What the policy makes of these tags, where it was asked already. */
  readonly selection?: Selection | undefined;
  /** A tag that a webhook named, and that the registry has. */
  readonly hint?: string | undefined;
  /** What was written last. */
  readonly record?: UpdateRecord | undefined;
}

/** What is to become of one image. */
export type UpdateDecision =
  /** What runs is what is wanted, or nothing would do. */
  | { readonly state: "UpToDate"; readonly why: string }
  | { readonly state: "Update"; readonly tag: Tag }
  /** It is written, and on its way. */
  | { readonly state: "Applying"; readonly to: string }
  /** A person named the very image. */
  | { readonly state: "Pinned"; readonly digest: string }
  /** A person put it back: nothing is written until that is lifted. */
  | { readonly state: "Held"; readonly to: string }
  /** The policy cannot be asked. */
  | { readonly state: "Unreadable"; readonly why: string };

/**
 * What is to become of one image. Never a tag that was written before and put back by a person, never the same tag twice. Pure.
 */
export function determineUpdate(observation: UpdateObservation): UpdateDecision {
  const { policy, current, pinned, record } = observation;
  try {
    if (pinned !== undefined && !followsDigest(policy, current)) return { state: "Pinned", digest: pinned };
    if (record && isPutBack(policy, observation, record)) return { state: "Held", to: record.to };
    const chosen = choose(observation);
    if (chosen === undefined) return { state: "UpToDate", why: whyNot(observation) };
    // It stands in Git, and the cluster does not have it yet.
    if (record && !record.seen && record.to === chosen.name && isSameDigest(record.digest, chosen.digest))
      return { state: "Applying", to: chosen.name };
    return { state: "Update", tag: chosen };
  } catch (error) {
    return { state: "Unreadable", why: messageOf(error) };
  }
}

/** What was written was seen to run, and what runs now would be followed by it again: somebody put the older one back. */
function isPutBack(policy: Policy, { current, pinned }: UpdateObservation, record: UpdateRecord): boolean {
  if (!record.seen) return false;
  if (current.name === record.to) return pinned !== undefined && !isSameDigest(pinned, record.digest);
  return judgeTag(policy, { name: record.to }, { current }) === undefined;
}

/** Whether they are the same, as far as is known. */
function isSameDigest(left: string | undefined, right: string | undefined): boolean {
  return left === undefined || right === undefined || left === right;
}

function choose({ policy, current, tags, hint, ...known }: UpdateObservation): Tag | undefined {
  const selection = known.selection ?? selectTag(policy, tags, { current });
  if (selection.outcome === "selected") return selection.tag;
  if (hint === undefined || hint === current.name) return undefined;
  const hinted = tags.find(({ name }) => name === hint);
  return hinted && judgeTag(policy, hinted, { current }) === undefined ? hinted : undefined;
}

function whyNot({ policy, current, tags, hint }: UpdateObservation): string {
  const hinted = hint === undefined ? undefined : tags.find(({ name }) => name === hint);
  const refusal = hinted && judgeTag(policy, hinted, { current });
  if (refusal) return explainRefusal(refusal);
  return `none of ${tags.length} tags is to follow ${JSON.stringify(current.name)}`;
}

/** Whether another digest under the tag that runs is an update: then the registry has to be asked for it. */
export function followsDigest(policy: Policy, current: Tag): boolean {
  try {
    return compilePolicy(policy, current).followsDigest;
  } catch {
    return false;
  }
}
