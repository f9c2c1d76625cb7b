import type { Release, ReleaseStorage } from "@eddy/runtime/helm";
import type { StorageWatch } from "./storage-watch.ts";

/**
 * The storage as one pass sees it: what it read or wrote is not read again, and what the watch knows not to be there is not
 * asked for. One release is worked on by one pass at a time.
 */
export function createPassStorage(storage: ReleaseStorage, watch: StorageWatch | undefined): ReleaseStorage {
  const newest = new Map<string, Release | undefined>();
  const note = (release: Release): void => {
    const known = newest.get(release.name);
    if (!known || known.version <= release.version) newest.set(release.name, release);
  };
  const last = async (name: string): Promise<Release | undefined> => {
    if (newest.has(name)) return newest.get(name);
    const seen = watch?.newest(storage.namespace, name) ?? undefined;
    const isAbsent = watch !== undefined && seen === undefined;
    const release = isAbsent
      ? undefined
      : ((seen !== undefined && seen !== "unwatched" ? await storage.get(name, seen.version) : undefined) ??
        (await storage.last(name)));
    newest.set(name, release);
    return release;
  };
  return {
    ...storage,
    last,
    async get(name, version) {
      const known = newest.get(name);
      return known?.version === version ? known : storage.get(name, version);
    },
    async revisions(name) {
      return newest.has(name) && newest.get(name) === undefined ? [] : storage.revisions(name);
    },
    async create(release) {
      await storage.create(release);
      note(release);
    },
    async update(release) {
      await storage.update(release);
      note(release);
    },
    async delete(name, version) {
      await storage.delete(name, version);
      if (newest.get(name)?.version === version) newest.delete(name);
    },
  };
}
