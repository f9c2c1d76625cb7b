import type { Clock } from "@eddy/core/clock";
import type { FileTree } from "@eddy/core/tree";

/** Which commit of a repository is wanted. Source: Flux spec 1.1, `spec.ref`. */
export type GitReference =
  | { readonly kind: "branch"; readonly name: string }
  | { readonly kind: "tag"; readonly name: string }
  /** The highest tag in the range; of equal versions the one whose commit is newest. */
  | { readonly kind: "semver"; readonly range: string }
  /** A full ref, like `refs/pull/12/head`; `^{}` at the end of a tag is allowed. */
  | { readonly kind: "name"; readonly name: string }
  /** A full commit id; `branch` must be there, and names it in the revision. */
  | { readonly kind: "commit"; readonly sha: string; readonly branch?: string };

/** One advertised ref. `peeled` is the commit of an annotated tag. */
export interface GitRef {
  readonly name: string;
  readonly oid: string;
  readonly peeled?: string;
  /** Where a symbolic ref points, like `refs/heads/main` for `HEAD`. */
  readonly target?: string;
}

/** What a reference stands for at this moment. */
export interface ResolvedRef {
  /** `<branch or tag>@sha1:<hex>`, `<full ref>@sha1:<hex>` for `name`, `sha1:<hex>` for a bare commit. */
  readonly revision: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** The full name of the ref, absent for a bare commit. */
  readonly refName?: string;
  /** The annotated tag object that the ref points to. */
  readonly tagObject?: string;
}

/** Who made a commit or tag, and when: `when` is milliseconds since the epoch, `offset` like `+0200`. */
export interface GitSignature {
  readonly name: string;
  readonly email: string;
  readonly when: number;
  readonly offset: string;
}

/** A parsed annotated tag. `payload` and `signature` are what a verifier needs, byte for byte. */
export interface GitTag {
  readonly oid: string;
  readonly name: string;
  readonly target: string;
  readonly targetType: string;
  readonly tagger: GitSignature | undefined;
  readonly message: string;
  /** Armoured PGP or SSH signature, absent when unsigned. */
  readonly signature: string | undefined;
  readonly payload: Uint8Array;
}

/** A commit with its files. `payload` and `signature` are what a verifier needs, byte for byte. */
export interface GitCommit {
  /** 40 hex digits. */
  readonly sha: string;
  readonly revision: string;
  readonly parents: readonly string[];
  readonly author: GitSignature;
  readonly committer: GitSignature;
  readonly message: string;
  readonly signature: string | undefined;
  readonly payload: Uint8Array;
  /** The annotated tag by which the commit was found. */
  readonly tag: GitTag | undefined;
  /**
   * The files. `identityOf` is the blob id. Symbolic links are listed and not followed; `readLink` gives
   * their text. Content is inflated when read;
   * the tree stays readable after the remote is closed.
   */
  readonly tree: FileTree;
}

/** Credentials and trust. All are text; PEM where a certificate or key is meant. */
export interface GitAuth {
  username?: string;
  password?: string;
  bearerToken?: string;
  /** Trusted beside the system's authorities. */
  caCert?: string;
  clientCert?: string;
  clientKey?: string;
  /** SSH private key. */
  identity?: string;
  identityPassphrase?: string;
  /** Lines of `known_hosts`; a host that is not in it is refused. */
  knownHosts?: string;
  /** Who this is, where the token changes from time to time: what was fetched under one is of use under the next. */
  principal?: string;
}

/** A proxy for HTTP(S) remotes: `http://` or `https://`. */
export interface GitProxy {
  address: string;
  username?: string;
  password?: string;
}

/** Bounds of one fetch; more is refused with LIMIT_EXCEEDED. */
export interface GitLimits {
  /** Bytes of one pack on the wire. Default 1 GiB. */
  maxPackBytes: number;
  /** Bytes of one object. Default 128 MiB. */
  maxObjectBytes: number;
  /** Objects in one pack. Default 2,000,000. */
  maxObjects: number;
  /** Bytes of a ref advertisement. Default 64 MiB. */
  maxRefBytes: number;
}

/** Options of `openRepository`. */
export interface OpenRepositoryOptions {
  auth?: GitAuth;
  proxy?: GitProxy;
  /** Keeps packs there across restarts, one folder per URL and credentials. Default: memory only. */
  cacheDir?: string;
  /** Deadline of one `resolve` or `fetch`. Default 60,000. */
  timeoutMs?: number;
  clock?: Clock;
  limits?: Partial<GitLimits>;
  /** Bytes of inflated objects kept at hand for this repository alone. Default: 32 MiB that all repositories share. */
  objectCacheBytes?: number;
  /** Programs started for SSH and local remotes. Default `ssh` and `git` from PATH. */
  programs?: { ssh?: string; git?: string };
  /** Accepted by the SSH client, comma-separated; default the program's own. */
  ssh?: { kexAlgorithms?: string; hostKeyAlgorithms?: string };
}

/** What to take of a commit. */
export interface FetchOptions {
  /** Also fetch submodules, to a depth of 10, with the remote's credentials on the same host only. */
  submodules?: boolean;
  signal?: AbortSignal;
}

/**
 * One remote repository under one set of credentials. Errors are `GitError`. Concurrent calls are answered by one request
 * where they ask for the same.
 */
export interface GitRemote {
  readonly url: string;
  /** Refs whose names start with one of the prefixes (default all). One round trip on a kept connection. */
  listRefs(options?: { prefixes?: readonly string[]; signal?: AbortSignal }): Promise<GitRef[]>;
  resolve(reference: GitReference, options?: { signal?: AbortSignal }): Promise<ResolvedRef>;
  /** Brings what is missing of the commit, and only that. */
  fetch(resolved: ResolvedRef, options?: FetchOptions): Promise<GitCommit>;
  /** Closes connections and removes private files. Trees stay readable. */
  close(): void;
}
