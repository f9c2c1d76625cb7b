import type { Tag } from "./tag.ts";

/** Why a tag is not the next one. */
export type RefusalReason =
  /** No registry can have such a tag. */
  | "InvalidTag"
  /** It does not match the filter's pattern. */
  | "FilteredOut"
  /** It is no version. */
  | "NotAVersion"
  /** What is compared of it is no number. */
  | "NotANumber"
  /** Its version is not in the range. */
  | "OutOfRange"
  /** Its pre-release part is another one, or a range does not ask for pre-releases. */
  | "PreRelease"
  /** Its major version is another one. */
  | "MajorChange"
  /** Its minor version is another one. */
  | "MinorChange"
  /** It is older than what runs, or not newer. */
  | "NotNewer"
  /** It has no place in an order with what runs: it would do when it is asked for alone. */
  | "Unordered"
  /** Only the tag that runs is followed. */
  | "OtherTag"
  /** `latest` is not automated unless asked for by name. */
  | "LatestTag"
  /** Nobody knows when it was built. */
  | "NoCreationDate"
  /** It does not run on all platforms that are needed. */
  | "NoPlatform"
  /** What runs has no version to compare with. */
  | "UnreadableCurrent"
  /** The policy chooses nothing. */
  | "Never"
  /** It would do, and another one ranks higher. */
  | "Lower";

/** A tag that was refused; `detail` completes the sentence where there is more to say. */
export interface Refusal {
  readonly tag: string;
  readonly reason: RefusalReason;
  readonly detail?: string;
}

const sentences: Readonly<Record<RefusalReason, string>> = {
  InvalidTag: "is no tag that a registry can have",
  FilteredOut: "does not match the filter",
  NotAVersion: "is no semantic version",
  NotANumber: "is no number",
  OutOfRange: "is not in the range",
  PreRelease: "is another pre-release",
  MajorChange: "changes the major version",
  MinorChange: "changes the minor version",
  NotNewer: "is not newer than what runs",
  Unordered: "has no place in an order with what runs",
  OtherTag: "is not the tag that is followed",
  LatestTag: "is `latest`, which is followed only by the filter `glob:latest`",
  NoCreationDate: "has no known build date",
  NoPlatform: "does not run on all platforms that are needed",
  UnreadableCurrent: "cannot be compared with what runs",
  Never: "is refused as all are",
  Lower: "ranks lower than the chosen one",
};

const maxShown = 128;

/** A refusal in one sentence for a person: `tag "1.2.3" is not in the range: "~2"`. Tags are quoted and cut at 128 characters. */
export function explainRefusal({ tag, reason, detail }: Refusal): string {
  const shown = tag.length > maxShown ? `${tag.slice(0, maxShown)}…` : tag;
  return `tag ${JSON.stringify(shown)} ${sentences[reason]}${detail === undefined ? "" : `: ${detail}`}`;
}

/** A refusal of a tag. */
export function refuse(tag: Tag, reason: RefusalReason, detail?: string): Refusal {
  return { tag: tag.name, reason, ...(detail === undefined ? {} : { detail }) };
}
