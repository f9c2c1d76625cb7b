import type { GitCommit, GitReference, OpenRepositoryOptions } from "../remote.ts";

/** Who a commit is by. What an identity line cannot hold is left out. */
export interface GitPerson {
  readonly name: string;
  readonly email: string;
}

/** What a commit is to be. */
export interface CommitDraft {
  /** By path from the root; `null` deletes. A file keeps its mode, a new one is a plain file. */
  readonly files:
    | Readonly<Record<string, string | Uint8Array | null>>
    | ReadonlyMap<string, string | Uint8Array | null>;
  readonly message: string;
  readonly author: GitPerson;
  /** Default: the author. */
  readonly committer?: GitPerson;
}

/** Options of `pushChange`. */
export interface PushChangeOptions extends OpenRepositoryOptions {
  /** The branch that gets the commit, without `refs/heads/`. */
  branch: string;
  /** Where a branch that does not exist yet starts; without it the branch must exist, or the repository be empty. */
  from?: GitReference;
  /**
   * Decides on the commit, given what it will stand on (undefined: nothing, in an empty repository); undefined when there is nothing
   * to do. Asked again, with the new head, whenever the branch has moved before the push.
   */
  plan: (base: GitCommit | undefined) => CommitDraft | undefined | Promise<CommitDraft | undefined>;
  /**
   * Whether a branch that exists is made anew on `from`, so that the commit replaces what stands on it: for branches that are the caller's
   * alone. Given its head and what the commit would stand on; asked again whenever the branch has moved. The server is told which head is
   * replaced, so that what somebody else has pushed meanwhile stays. Without it a branch is only ever moved forward.
   */
  replaces?: (head: GitCommit, base: GitCommit) => boolean | Promise<boolean>;
  /** Where the commit goes besides: `refs/heads/main:refs/for/main`. Never a deletion, never by force. */
  refspec?: string;
  /** Told to the server's hooks. */
  pushOptions?: Readonly<Record<string, string>>;
  /** Signs the commit: an armoured OpenPGP or SSH signature of the payload. */
  sign?: (payload: Uint8Array) => Promise<string>;
  /** How many heads are tried before giving up. Default 5. */
  maxAttempts?: number;
  signal?: AbortSignal;
}

/** A commit that the remote has taken. */
export interface PushedChange {
  /** 40 hex digits. */
  readonly commit: string;
  /** `<branch>@sha1:<hex>`. */
  readonly revision: string;
  readonly message: string;
  /** What it stands on. */
  readonly base: string | undefined;
  /** Full names of the refs that point to it now. */
  readonly refs: readonly string[];
  /** 1 when the branch did not move. */
  readonly attempts: number;
}
