import type { FileTree } from "@eddy/core/tree";

/** Trees by the digest of their archive. */
export interface TreeCache {
  get(digest: string): FileTree | undefined;
  /** Keeps the newest trees of an owner. */
  own(owner: string, digest: string, tree: FileTree): void;
  disown(owner: string): void;
  /** Gives a tree read from disk or network to everybody who asks while it is recent; one reading for all who wait. */
  loaded(digest: string, load: () => Promise<FileTree>): Promise<FileTree>;
}

const maxLoaded = 16;

/** No trees yet; `perOwner` newest ones of each owner are kept. */
export function createTreeCache(perOwner: number): TreeCache {
  const owned = new Map<string, { digest: string; tree: FileTree }[]>();
  const recent = new Map<string, FileTree>();
  const loading = new Map<string, Promise<FileTree>>();
  const get = (digest: string): FileTree | undefined => {
    for (const trees of owned.values()) {
      const found = trees.find((entry) => entry.digest === digest);
      if (found) return found.tree;
    }
    return recent.get(digest);
  };
  return {
    get,
    own(owner, digest, tree) {
      const others = (owned.get(owner) ?? []).filter((entry) => entry.digest !== digest);
      owned.set(owner, [...others, { digest, tree }].slice(-perOwner));
    },
    disown: (owner) => void owned.delete(owner),
    loaded(digest, load) {
      const known = loading.get(digest);
      if (known) return known;
      const started = load().finally(() => loading.delete(digest));
      loading.set(digest, started);
      return started.then((tree) => {
        recent.delete(digest);
        recent.set(digest, tree);
        if (recent.size > maxLoaded) recent.delete(recent.keys().next().value ?? "");
        return tree;
      });
    },
  };
}
