import type { Artifact } from "@eddy/api";
import { systemClock, type Clock } from "@eddy/core/clock";
import { formatTime } from "@eddy/core/conditions";
import { digestOf, type DigestAlgorithm } from "@eddy/core/digest";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { ArtifactContent, ArtifactLimits, ArtifactOwner, ArtifactStore } from "./artifact.ts";
import { createArtifactFiles, type StoredFile } from "./artifact-files.ts";
import { fetchArtifact } from "./fetch-artifact.ts";
import { createTreePacker, type TreePacker } from "./pack-tree.ts";
import { createSharedTrees } from "./shared-trees.ts";
import { defaultArtifactLimits, unpackTree } from "./unpack-tree.ts";

/** Options of {@link createArtifactStore}, named as upstream's flags. */
export interface ArtifactStoreOptions {
  /** `--storage-path`. */
  storagePath: string;
  /** `--storage-adv-addr`: host and port of the artifact server as consumers reach it. */
  advertisedAddress: string;
  clock?: Clock;
  /** `--artifact-digest-algo`. Default sha256. */
  digestAlgorithm?: DigestAlgorithm;
  /** `--artifact-retention-records`. Default 2. */
  retentionRecords?: number;
  /** `--artifact-retention-ttl`. Default 60,000. */
  retentionTtlMs?: number;
  limits?: Partial<ArtifactLimits>;
}

/** A store over the storage path. What is there already is served and verified when asked for. */
export function createArtifactStore(options: ArtifactStoreOptions): ArtifactStore {
  const clock = options.clock ?? systemClock;
  const algorithm = options.digestAlgorithm ?? "sha256";
  const retention = { records: options.retentionRecords ?? 2, ttlMs: options.retentionTtlMs ?? 60_000 };
  const limits = { ...defaultArtifactLimits, ...options.limits };
  const files = createArtifactFiles(options.storagePath);
  const trees = createSharedTrees(retention.records);
  const packers = new Map<string, TreePacker>();
  /** Digests that the disk refused: their trees are all there is. */
  const unstored = new Set<string>();
  const packerOf = (folder: string): TreePacker => {
    const packer = packers.get(folder) ?? createTreePacker();
    packers.set(folder, packer);
    return packer;
  };
  const urlOf = (path: string): string =>
    `http://${options.advertisedAddress.replace(/^https?:\/\//, "").replace(/\/+$/, "")}/${path}`;

  return {
    async put(owner, content) {
      const folder = folderOf(owner);
      const archive = await packerOf(folder).pack(content.tree);
      const path = `${folder}/${fileNameOf(content)}`;
      const artifact: Artifact = {
        path,
        url: urlOf(path),
        revision: content.revision,
        digest: digestOf(archive, algorithm),
        lastUpdateTime: formatTime(new Date(clock.now())),
        size: archive.length,
        ...(content.metadata ? { metadata: content.metadata } : {}),
      };
      trees.own(folder, artifact.digest, content.tree);
      const stored = await attempt(() => files.write(path, archive));
      if (stored) unstored.add(artifact.digest);
      else unstored.delete(artifact.digest);
      return { artifact, stored };
    },
    async tree(artifact, { signal } = {}) {
      const shared = trees.get(artifact.digest);
      if (shared) return shared;
      return trees.loaded(artifact.digest, async () => {
        const local = (await files.hasDigest(artifact.path, artifact.digest))
          ? await files.read(artifact.path)
          : undefined;
        return unpackTree(local ?? (await fetchArtifact(artifact, limits, signal)), limits);
      });
    },
    async verify(artifact) {
      if (unstored.has(artifact.digest)) return trees.get(artifact.digest) !== undefined;
      return files.hasDigest(artifact.path, artifact.digest);
    },
    isUnstored: ({ digest }) => unstored.has(digest),
    withCurrentUrl: (artifact) => ({ ...artifact, url: urlOf(artifact.path) }),
    async collectGarbage(owner, keep) {
      const stored = await files.list(folderOf(owner));
      const garbage = planGarbage(stored, keep.path, retention, clock.now());
      for (const { path } of garbage) await files.remove(path);
      return garbage.length;
    },
    async link(artifact, name) {
      await files.link(artifact.path, name);
      return urlOf(`${artifact.path.slice(0, artifact.path.lastIndexOf("/"))}/${name}`);
    },
    async removeAll(owner) {
      const folder = folderOf(owner);
      const stored = await files.list(folder);
      await files.removeFolder(folder);
      trees.disown(folder);
      packers.delete(folder);
      return stored.length;
    },
  };
}

/** Which files go: all but the kept one that are too old, or not among the newest. */
export function planGarbage(
  stored: readonly StoredFile[],
  keepPath: string,
  retention: { records: number; ttlMs: number },
  nowMs: number,
): StoredFile[] {
  const others = stored
    .filter(({ path }) => path !== keepPath)
    .sort((left, right) => right.modifiedMs - left.modifiedMs);
  return others.filter((file, age) => nowMs - file.modifiedMs > retention.ttlMs || age >= retention.records - 1);
}

function folderOf(owner: ArtifactOwner): string {
  return [owner.kind.toLowerCase(), owner.namespace, owner.name].map(checkedStep).join("/");
}

function fileNameOf(content: ArtifactContent): string {
  return checkedStep(content.fileName);
}

function checkedStep(step: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(step) && !step.endsWith(".part")) return step;
  throw new EddyError("ARTIFACT_PATH", `store artifact: ${JSON.stringify(step)} cannot be part of a path`, {
    class: "terminal",
  });
}

async function attempt(action: () => Promise<void>): Promise<Error | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return new EddyError("ARTIFACT_STORAGE", messageOf(error), { cause: error });
  }
}
