import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { decodeRelease, encodeRelease } from "../record/release-codec.ts";
import type { Release, ReleaseStatus } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { ListReleasesOptions, ReleaseStorage, RevisionSummary } from "./release-storage.ts";

/** Options of {@link createReleaseStorage}. */
export interface CreateReleaseStorageOptions {
  /** "" lists releases of all namespaces; nothing else works there. */
  namespace: string;
  /** Default `secret`. */
  driver?: "secret" | "configmap";
  clock: Clock;
}

/** Labels that are Helm's own. Source: Helm `storage/driver/util.go`. */
export const systemLabels: readonly string[] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/** The manager of storage objects: what the API server makes of Helm's user agent. */
const fieldManager = "Helm";

/** The name of a revision's storage object. */
export function storageKey(name: string, version: number): string {
  return `sh.helm.release.v1.${name}.v${version}`;
}

/** Releases in the Secrets or ConfigMaps of a namespace. */
export function createReleaseStorage(kube: KubeClient, options: CreateReleaseStorageOptions): ReleaseStorage {
  const { namespace, clock } = options;
  const isSecret = (options.driver ?? "secret") === "secret";
  const kind = { group: "", kind: isSecret ? "Secret" : "ConfigMap", version: "v1" };
  const keyOf = (name: string, version: number): ObjectRef & { version: string } => ({
    ...kind,
    namespace,
    name: storageKey(name, version),
  });
  const read = (object: KubeObject): Release => {
    const stored = (object["data"] as Record<string, string> | undefined)?.["release"] ?? "";
    const text = isSecret ? Buffer.from(stored, "base64").toString("latin1") : stored;
    return decodeRelease(text, withoutSystemLabels(object.metadata.labels ?? {}));
  };
  const write = (release: Release, stamp: "createdAt" | "modifiedAt"): KubeObject => {
    const text = encodeRelease(release);
    return {
      apiVersion: "v1",
      kind: kind.kind,
      metadata: {
        name: storageKey(release.name, release.version),
        namespace,
        labels: labelsOf(release, stamp, Math.floor(clock.now() / 1000)),
      },
      ...(isSecret ? { type: "helm.sh/release.v1" } : {}),
      data: { release: isSecret ? Buffer.from(text, "latin1").toString("base64") : text },
    };
  };
  const select = async (labelSelector: string, signal?: AbortSignal): Promise<KubeObject[]> => {
    const scope = namespace === "" ? {} : { namespace };
    return (await kube.list(kind, { ...scope, labelSelector, ...(signal ? { signal } : {}) })).items;
  };
  const revisions = async (name: string, selector: string): Promise<RevisionSummary[]> => {
    const { items } = await kube.list(kind, { namespace, labelSelector: selector, metadataOnly: true });
    return items.map((object) => summaryOf(object, name)).sort((left, right) => left.version - right.version);
  };
  const get = async (name: string, version: number): Promise<Release | undefined> => {
    try {
      return read(await kube.get(keyOf(name, version)));
    } catch (error) {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    }
  };
  // Records are large, their labels are not. One that cannot be read is passed over, as Helm does it.
  const newest = async (name: string, selector: string): Promise<Release | undefined> => {
    for (const { version } of (await revisions(name, selector)).toReversed()) {
      const release = await get(name, version).catch(ignoreUnreadable);
      if (release) return release;
    }
    return undefined;
  };
  return {
    namespace,
    get,
    last: (name) => newest(name, selectorOf(name)),
    deployed: (name) => newest(name, `${selectorOf(name)},status=deployed`),
    async history(name) {
      const releases = [...readable((await select(selectorOf(name))).values(), read)];
      return releases.sort((left, right) => left.version - right.version);
    },
    revisions: (name) => revisions(name, selectorOf(name)),
    async list({ labelSelector = "", signal }: ListReleasesOptions = {}) {
      const selector = ["owner=helm", ...(labelSelector === "" ? [] : [labelSelector])].join(",");
      return [...readable((await select(selector, signal)).values(), read)];
    },
    async create(release) {
      try {
        await kube.create(write(release, "createdAt"), { fieldManager });
      } catch (error) {
        if (hasReason(error, "AlreadyExists"))
          throw new ReleaseError("RELEASE_EXISTS", "release: already exists", { cause: error });
        throw unwritten("create: failed to create", error);
      }
    },
    async update(release) {
      try {
        await kube.replace(write(release, "modifiedAt"), { fieldManager });
      } catch (error) {
        throw missing(error) ?? unwritten("update: failed to update", error);
      }
    },
    async delete(name, version) {
      try {
        await kube.delete(keyOf(name, version));
      } catch (error) {
        throw missing(error) ?? error;
      }
    },
  };
}

function missing(error: unknown): ReleaseError | undefined {
  return hasReason(error, "NotFound") && !messageOf(error).startsWith("namespaces ")
    ? new ReleaseError("RELEASE_NOT_FOUND", "release: not found", { cause: error })
    : undefined;
}

function unwritten(lead: string, error: unknown): ReleaseError {
  return new ReleaseError("RELEASE_STORAGE_FAILED", `${lead}: ${messageOf(error)}`, { cause: error });
}

function ignoreUnreadable(error: unknown): undefined {
  if (!(error instanceof ReleaseError) || error.code !== "RELEASE_RECORD_INVALID") throw error;
}

// A record that cannot be read must not hide the others.
function* readable(
  objects: Iterable<KubeObject>,
  read: (object: KubeObject) => Release,
): Generator<Release, undefined, undefined> {
  for (const object of objects) {
    let release: Release;
    try {
      release = read(object);
    } catch {
      continue;
    }
    yield release;
  }
  return undefined;
}

function selectorOf(name: string): string {
  return `name=${name},owner=helm`;
}

function versionOf({ metadata: { labels = {} } }: KubeObject): number {
  return Number(labels["version"] ?? 0);
}

function summaryOf(object: KubeObject, name: string): RevisionSummary {
  const status = (object.metadata.labels?.["status"] ?? "unknown") as ReleaseStatus;
  return { name, version: versionOf(object), status };
}

function labelsOf(release: Release, stamp: string, seconds: number): Record<string, string> {
  return {
    ...withoutSystemLabels(release.labels),
    [stamp]: String(seconds),
    name: release.name,
    owner: "helm",
    status: release.info.status,
    version: String(release.version),
  };
}

function withoutSystemLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !systemLabels.includes(key)));
}
