import type { Release, ReleaseStatus } from "../record/release.ts";

/** Selects releases of a list. */
export interface ListReleasesOptions {
  /** Of the storage objects: `owner=helm` is always asked for. */
  labelSelector?: string;
  signal?: AbortSignal;
}

/** What is known of a revision without reading its record. */
export interface RevisionSummary {
  readonly name: string;
  readonly version: number;
  readonly status: ReleaseStatus;
}

/**
 * Where releases are kept: Secrets or ConfigMaps `sh.helm.release.v1.<name>.v<version>` of one namespace, as Helm keeps them.
 * Methods throw what the API server answers, and ReleaseError of these codes: RELEASE_EXISTS for a revision that is there
 * (somebody else is at work), RELEASE_NOT_FOUND for an update or deletion of one that is not.
 */
export interface ReleaseStorage {
  readonly namespace: string;
  get(name: string, version: number): Promise<Release | undefined>;
  /** The newest revision. */
  last(name: string): Promise<Release | undefined>;
  /** The newest revision with status deployed. */
  deployed(name: string): Promise<Release | undefined>;
  /** Every revision, oldest first; without records that cannot be read. */
  history(name: string): Promise<Release[]>;
  /** Every revision's name, number and status, oldest first, without records. */
  revisions(name: string): Promise<RevisionSummary[]>;
  /** Every revision of every release, in no particular order. */
  list(options?: ListReleasesOptions): Promise<Release[]>;
  create(release: Release): Promise<void>;
  update(release: Release): Promise<void>;
  delete(name: string, version: number): Promise<void>;
}

/** What was written to a storage. */
export interface StorageWrite {
  readonly verb: "create" | "update" | "delete";
  /** For a deletion: name and version only. */
  readonly release: Pick<Release, "name" | "version"> & Partial<Release>;
}

/** The storage, telling of every write that succeeded. */
export function observeStorage(storage: ReleaseStorage, onWrite: (write: StorageWrite) => void): ReleaseStorage {
  return {
    ...storage,
    async create(release) {
      await storage.create(release);
      onWrite({ verb: "create", release });
    },
    async update(release) {
      await storage.update(release);
      onWrite({ verb: "update", release });
    },
    async delete(name, version) {
      await storage.delete(name, version);
      onWrite({ verb: "delete", release: { name, version } });
    },
  };
}
