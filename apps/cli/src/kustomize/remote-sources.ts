import { EddyError } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { parseRepositoryUrl, type RemoteLoader, type RepositoryUrl } from "@eddy/kustomize";

/** Something far away that a build asked for. */
export type RemoteNeed =
  | { readonly kind: "file"; readonly url: string; readonly maxBytes: number }
  | { readonly kind: "repository"; readonly repository: RepositoryUrl };

/** What became of a need: bytes of a file, the tree of a repository, or why neither can be had. */
export type RemoteAnswer = { readonly bytes: Uint8Array } | { readonly tree: FileTree } | { readonly error: Error };

/** Thrown into a build that asks for what was not fetched yet: fetch `need`, and build again. */
export class RemoteNeededError extends EddyError {
  override readonly name: string = "RemoteNeededError";
  readonly need: RemoteNeed;

  constructor(need: RemoteNeed) {
    super("REMOTE_NEEDED", `fetch '${needText(need)}' first`, { class: "retry" });
    this.need = need;
  }
}

/** A loader for builds, which are synchronous, over what was fetched between them. */
export interface RemoteSources extends RemoteLoader {
  /** The first thing since the last call that was asked for and is not there. */
  takeNeed(): RemoteNeed | undefined;
  /** Keeps what became of a need; an error is thrown at who asks for it. */
  settle(need: RemoteNeed, answer: RemoteAnswer): void;
}

/** Sources without anything in them. A build may swallow the error of a need (a file that could be a repository): ask for it. */
export function createRemoteSources(): RemoteSources {
  const answers = new Map<string, RemoteAnswer>();
  let first: RemoteNeed | undefined;
  const answer = (need: RemoteNeed): Exclude<RemoteAnswer, { error: Error }> => {
    const known = answers.get(keyOf(need));
    if (known === undefined) {
      first ??= need;
      throw new RemoteNeededError(need);
    }
    if ("error" in known) throw known.error;
    return known;
  };
  return {
    repository(url) {
      const repository = parseRepositoryUrl(url);
      const known = repository && answer({ kind: "repository", repository });
      if (repository !== undefined && known !== undefined && "tree" in known)
        return { tree: known.tree, path: repository.path };
      throw new EddyError("INVALID_URL", `'${url}' names no Git repository`, { class: "terminal" });
    },
    file(url, maxBytes) {
      const known = answer({ kind: "file", url, maxBytes });
      return "bytes" in known ? known.bytes : new Uint8Array();
    },
    takeNeed() {
      const need = first;
      first = undefined;
      return need;
    },
    settle: (need, settled) => void answers.set(keyOf(need), settled),
  };
}

/** Paths in one repository share what was fetched of it. */
function keyOf(need: RemoteNeed): string {
  if (need.kind === "file") return `file ${need.url}`;
  const { repository, ref, submodules } = need.repository;
  return `repository ${JSON.stringify([repository, ref, submodules])}`;
}

/** The need as it may be printed. */
export function needText(need: RemoteNeed): string {
  return need.kind === "file" ? need.url : need.repository.repository;
}
