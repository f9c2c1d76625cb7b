import { sha256 } from "@eddy/core/digest";
import { openRepository, type GitRemote, type OpenRepositoryOptions } from "@eddy/git";

/** Open remotes. Objects that ask for the same URL with the same credentials share one, and so its connection and polls. */
export interface RemotePool {
  /** The owner's remote; a former one of other settings is closed when nobody else has it. */
  open(owner: string, url: string, options: OpenRepositoryOptions): GitRemote;
  release(owner: string): void;
  close(): void;
}

interface Shared {
  readonly remote: GitRemote;
  readonly owners: Set<string>;
}

/** A pool whose remotes all have the options `common`. */
export function createRemotePool(
  common: Pick<OpenRepositoryOptions, "cacheDir" | "clock" | "ssh" | "programs">,
): RemotePool {
  const byKey = new Map<string, Shared>();
  const keyByOwner = new Map<string, string>();

  const release = (owner: string): void => {
    const key = keyByOwner.get(owner);
    const shared = key === undefined ? undefined : byKey.get(key);
    keyByOwner.delete(owner);
    shared?.owners.delete(owner);
    if (key === undefined || !shared || shared.owners.size > 0) return;
    byKey.delete(key);
    shared.remote.close();
  };
  return {
    release,
    open(owner, url, options) {
      // Credentials stand in the key only as a digest.
      const key = sha256(JSON.stringify([url, options]));
      const known = byKey.get(key);
      const shared = known ?? { remote: openRepository(url, { ...common, ...options }), owners: new Set<string>() };
      if (keyByOwner.get(owner) !== key) release(owner);
      byKey.set(key, shared);
      shared.owners.add(owner);
      keyByOwner.set(owner, key);
      return shared.remote;
    },
    close() {
      for (const { remote } of byKey.values()) remote.close();
      byKey.clear();
      keyByOwner.clear();
    },
  };
}
