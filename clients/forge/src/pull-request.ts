/** What a pull request is to be. */
export interface PullRequestDraft {
  /** Branch with the commits, and the one that they are for. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/** `closed`: without having been merged. */
export type PullRequestState = "open" | "merged" | "closed";

/** A pull request of the repository's own branches. */
export interface PullRequest {
  /** As people say it: `#5`, `!5`. */
  readonly number: number;
  /** For people. */
  readonly url: string;
  readonly state: PullRequestState;
  readonly head: string;
  readonly base: string;
  /** The head's commit; of one that is over the last that it had. "" where the forge does not say. */
  readonly headSha: string;
  readonly title: string;
  readonly body: string;
}

/** A pull request that is open. */
export interface EnsuredPullRequest {
  /** For people. */
  readonly url: string;
  readonly outcome: "created" | "updated" | "unchanged";
}

/** What becomes of a pull request; what is left out stays. */
export interface PullRequestChange {
  readonly title?: string;
  readonly body?: string;
  readonly state?: "closed";
}
