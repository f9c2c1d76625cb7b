/** One ref moved by a push: `old` or `new` is undefined when the ref was created or deleted. */
export interface PushedRef {
  readonly name: string;
  readonly old: string | undefined;
  readonly new: string | undefined;
}

/** What a push changed. */
export interface Push {
  /** Name of the repository, without `.git`. */
  readonly repository: string;
  readonly refs: readonly PushedRef[];
}

/** Files by path: text or bytes; `null` deletes. A value with `executable` or `link` sets the mode. */
export type GitFiles = Readonly<
  Record<string, string | Uint8Array | null | { content: string | Uint8Array; executable?: boolean } | { link: string }>
>;

/** Options of {@link GitServer.commit}. */
export interface CommitOptions {
  files: GitFiles;
  message: string;
  /** Default `main`; created when it does not exist. */
  branch?: string;
  /** `Name <mail>`. Default `Eddy <eddy@example.org>`. */
  author?: string;
  /** Milliseconds since the epoch; default the clock's now. */
  date?: number;
  /** Start a new history: the branch loses its old commits. */
  orphan?: boolean;
}

/** Options of {@link GitServer.createRepository}. */
export interface CreateRepositoryOptions {
  /** Default `main`. */
  branch?: string;
  message?: string;
  date?: number;
}

/** Options of {@link startGitServer}. */
export interface GitServerOptions {
  /** Bare repositories live here, as `<name>.git`. */
  dir: string;
  /** Default: any free port. */
  port?: number;
  /** Default 127.0.0.1; anything but a loopback address needs credentials. */
  host?: string;
  /** Basic or bearer; without it everything is open, on loopback only. */
  credentials?: { username?: string; password?: string; bearerToken?: string };
  /** PEM. With `clientCa`, clients must show a certificate of it. */
  tls?: { cert: string; key: string; clientCa?: string };
  /** Called after refs moved, by a push or by {@link GitServer.commit}. */
  onPush?: (push: Push) => void;
  /** Milliseconds since the epoch, for commits without a date. */
  now?: () => number;
}

/** A running server. */
export interface GitServer {
  /** `http://127.0.0.1:<port>` or https. */
  readonly url: string;
  /** Creates a bare repository with one commit (none when `files` is empty). */
  createRepository(
    name: string,
    files: GitFiles,
    options?: CreateRepositoryOptions,
  ): Promise<{ url: string; path: string; commit: string | undefined }>;
  /** Commits on a branch and notifies; resolves the commit's id. */
  commit(name: string, options: CommitOptions): Promise<string>;
  /** Creates or moves a tag; annotated when a message is given. Resolves what the tag points to. */
  tag(name: string, tag: string, options: { target: string; message?: string; date?: number }): Promise<string>;
  /** Requests served so far, by `<METHOD> <service or path>`, like `POST git-upload-pack/ls-refs`. */
  requests(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}
