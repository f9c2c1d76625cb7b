/** What a pull request is to be. */
export interface PullRequestDraft {
  /** Branch with the commits, and the one that they are for. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/** A pull request that is open. */
export interface PullRequest {
  /** For people. */
  readonly url: string;
  /** Whether it was made now; otherwise it was open already. */
  readonly created: boolean;
}
