import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient, type ObjectKey } from "@eddy/kube";
import type { Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { ListReleasesOptions, ReleaseStorage, RevisionSummary } from "./release-storage.ts";
import {
  formatStorageObject,
  parseStorageObject,
  storageKey,
  summarizeStorageObject,
  type StorageDriver,
} from "./storage-object.ts";

/** Options of {@link createReleaseStorage}. */
export interface CreateReleaseStorageOptions {
  /** "" lists releases of all namespaces; nothing else works there. */
  namespace: string;
  /** Default `secret`. */
  driver?: StorageDriver;
  clock: Clock;
}

/** The manager of storage objects: what the API server makes of Helm's user agent. */
const fieldManager = "Helm";

/** Releases in the Secrets or ConfigMaps of a namespace. */
export function createReleaseStorage(kube: KubeClient, options: CreateReleaseStorageOptions): ReleaseStorage {
  return new ObjectStorage(kube, options);
}

class ObjectStorage implements ReleaseStorage {
  readonly namespace: string;
  private readonly kube: KubeClient;
  private readonly clock: Clock;
  private readonly driver: StorageDriver;
  private readonly kind: { group: string; kind: string; version: string };

  constructor(kube: KubeClient, { namespace, driver = "secret", clock }: CreateReleaseStorageOptions) {
    this.kube = kube;
    this.namespace = namespace;
    this.driver = driver;
    this.clock = clock;
    this.kind = { group: "", kind: driver === "secret" ? "Secret" : "ConfigMap", version: "v1" };
  }

  readonly get = async (name: string, version: number): Promise<Release | undefined> => {
    try {
      return parseStorageObject(await this.kube.get(this.keyOf(name, version)), this.driver);
    } catch (error) {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    }
  };

  readonly last = (name: string): Promise<Release | undefined> => this.newest(selectorOf(name));

  readonly deployed = (name: string): Promise<Release | undefined> =>
    this.newest(`${selectorOf(name)},status=deployed`);

  readonly history = async (name: string): Promise<Release[]> => {
    const releases = await this.read(selectorOf(name));
    return releases.sort((left, right) => left.version - right.version);
  };

  readonly revisions = (name: string): Promise<RevisionSummary[]> => this.summaries(selectorOf(name));

  readonly list = ({ labelSelector = "", signal }: ListReleasesOptions = {}): Promise<Release[]> =>
    this.read(["owner=helm", ...(labelSelector === "" ? [] : [labelSelector])].join(","), signal);

  readonly create = async (release: Release): Promise<void> => {
    try {
      await this.kube.create(this.format(release, "createdAt"), { fieldManager });
    } catch (error) {
      if (hasReason(error, "AlreadyExists"))
        throw new ReleaseError("RELEASE_EXISTS", "release: already exists", { cause: error });
      throw unwritten("create: failed to create", error);
    }
  };

  readonly update = async (release: Release): Promise<void> => {
    try {
      await this.kube.replace(this.format(release, "modifiedAt"), { fieldManager });
    } catch (error) {
      throw missing(error) ?? unwritten("update: failed to update", error);
    }
  };

  readonly delete = async (name: string, version: number): Promise<void> => {
    try {
      await this.kube.delete(this.keyOf(name, version));
    } catch (error) {
      throw missing(error) ?? error;
    }
  };

  private keyOf(name: string, version: number): ObjectKey {
    return { ...this.kind, namespace: this.namespace, name: storageKey(name, version) };
  }

  private format(release: Release, label: "createdAt" | "modifiedAt"): KubeObject {
    return formatStorageObject(release, this.driver, { namespace: this.namespace, label, nowMs: this.clock.now() });
  }

  private scope(): { namespace?: string } {
    return this.namespace === "" ? {} : { namespace: this.namespace };
  }

  private async summaries(labelSelector: string): Promise<RevisionSummary[]> {
    const { items } = await this.kube.list(this.kind, { ...this.scope(), labelSelector, metadataOnly: true });
    return items.map(summarizeStorageObject).sort((left, right) => left.version - right.version);
  }

  // Records are large, their labels are not.
  private async newest(labelSelector: string): Promise<Release | undefined> {
    for (const { name, version } of (await this.summaries(labelSelector)).toReversed()) {
      const release = await this.get(name, version).catch(ignoreUnreadable);
      if (release) return release;
    }
    return undefined;
  }

  private async read(labelSelector: string, signal?: AbortSignal): Promise<Release[]> {
    const options = { ...this.scope(), labelSelector, ...(signal ? { signal } : {}) };
    const { items } = await this.kube.list(this.kind, options);
    return items.flatMap((object) => {
      try {
        return [parseStorageObject(object, this.driver)];
      } catch (error) {
        ignoreUnreadable(error);
        return [];
      }
    });
  }
}

// A record that cannot be read must not hide the others: Helm passes over it too.
function ignoreUnreadable(error: unknown): undefined {
  if (!(error instanceof ReleaseError) || error.code !== "RELEASE_RECORD_INVALID") throw error;
}

function missing(error: unknown): ReleaseError | undefined {
  return hasReason(error, "NotFound") && !messageOf(error).startsWith("namespaces ")
    ? new ReleaseError("RELEASE_NOT_FOUND", "release: not found", { cause: error })
    : undefined;
}

function unwritten(lead: string, error: unknown): ReleaseError {
  return new ReleaseError("RELEASE_STORAGE_FAILED", `${lead}: ${messageOf(error)}`, { cause: error });
}

function selectorOf(name: string): string {
  return `name=${name},owner=helm`;
}
