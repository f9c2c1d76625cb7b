import type { Version } from "@eddy/core/semver";
import type { Refusal } from "./refusal.ts";
import type { Tag } from "./tag.ts";

/** What of a tag is compared. */
export interface TagKey {
  readonly tag: Tag;
  /** The tag, or what a filter extracted of it. */
  readonly text: string;
  readonly version?: Version;
  readonly value?: number;
}

/** A policy, made ready. Pure: the same tags always give the same answers. */
export interface TagRule {
  /** What of a tag is compared, or why it is not looked at. */
  keyOf(tag: Tag): TagKey | Refusal;
  /** Why a tag that is looked at is refused. `current`: what runs, and its key where it has one. */
  refusalOf(key: TagKey, current?: Tag): Refusal | undefined;
  /** Whether a tag would do when it is asked about alone, and has no place among others beside what runs. */
  isUnordered?(key: TagKey, current?: Tag): boolean;
  /** Positive where the left one is to be preferred; never 0 for two tags. */
  compare(left: TagKey, right: TagKey): number;
  /** A reason that spoils the whole choice instead of one tag. */
  readonly spoiledBy?: "NotANumber" | "NoCreationDate" | "Never";
  /** Build dates are compared: {@link Tag.createdMs} is needed of all tags that match. */
  readonly needsDates: boolean;
  /** What runs may be replaced by another image of the same tag. */
  readonly followsDigest: boolean;
}

/** Whether a key was refused. */
export function isRefusal(answer: TagKey | Refusal): answer is Refusal {
  return "reason" in answer;
}
