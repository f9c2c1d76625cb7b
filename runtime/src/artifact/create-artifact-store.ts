import type { Artifact } from "@eddy/api";
import { systemClock, type Clock } from "@eddy/core/clock";
import { formatTime } from "@eddy/core/conditions";
import { digestOf, type DigestAlgorithm } from "@eddy/core/digest";
import { EddyError, messageOf } from "@eddy/core/errors";
import { trimRight } from "@eddy/core/trim";
import type { ArtifactContent, ArtifactFile, ArtifactLimits, ArtifactOwner, ArtifactStore } from "./artifact.ts";
import { createArtifactFiles, type StoredFile } from "./artifact-files.ts";
import { fetchArtifact } from "./fetch-artifact.ts";
import { createTreePacker, type TreePacker } from "./pack-tree.ts";
import { createTreeCache } from "./tree-cache.ts";
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
  const trees = createTreeCache(retention.records);
  const packers = new Map<string, TreePacker>();
  /** Digests that the disk refused: their trees, or these bytes, are all there is. */
  const unstored = new Set<string>();
  const held = new Map<string, { folder: string; bytes: Uint8Array }>();
  const packerOf = (folder: string): TreePacker => {
    const packer = packers.get(folder) ?? createTreePacker();
    packers.set(folder, packer);
    return packer;
  };
  const urlOf = (path: string): string =>
    `http://${trimRight(options.advertisedAddress.replace(/^https?:\/\//, ""), "/")}/${path}`;

  const describe = (folder: string, content: ArtifactContent | ArtifactFile, bytes: Uint8Array): Artifact => {
    const path = `${folder}/${checkedStep(content.fileName)}`;
    return {
      path,
      url: urlOf(path),
      revision: content.revision,
      digest: digestOf(bytes, algorithm),
      lastUpdateTime: formatTime(new Date(clock.now())),
      size: bytes.length,
      ...(content.metadata ? { metadata: content.metadata } : {}),
    };
  };
  const write = async ({ path, digest }: Artifact, bytes: Uint8Array): Promise<Error | undefined> => {
    const refused = await attempt(() => files.write(path, bytes));
    if (refused) unstored.add(digest);
    else unstored.delete(digest);
    return refused;
  };
  const bytesOf = async (artifact: Artifact, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    const known = held.get(artifact.digest)?.bytes;
    if (known) return known;
    const local = (await files.hasDigest(artifact.path, artifact.digest)) ? await files.read(artifact.path) : undefined;
    return local ?? (await fetchArtifact(artifact, limits, { clock, signal }));
  };

  return {
    async put(owner, content) {
      const folder = folderOf(owner);
      const archive = await packerOf(folder).pack(content.tree);
      const artifact = describe(folder, content, archive);
      trees.own(folder, artifact.digest, content.tree);
      return { artifact, stored: await write(artifact, archive) };
    },
    async putFile(owner, file) {
      const folder = folderOf(owner);
      const artifact = describe(folder, file, file.bytes);
      const stored = await write(artifact, file.bytes);
      for (const [digest, other] of held) if (other.folder === folder) held.delete(digest);
      if (stored) held.set(artifact.digest, { folder, bytes: file.bytes });
      return { artifact, stored };
    },
    bytes: (artifact, { signal } = {}) => bytesOf(artifact, signal),
    async tree(artifact, { signal } = {}) {
      const shared = trees.get(artifact.digest);
      if (shared) return shared;
      return trees.loaded(artifact.digest, async () => unpackTree(await bytesOf(artifact, signal), limits));
    },
    async verify(artifact) {
      const { digest } = artifact;
      if (unstored.has(digest)) return held.has(digest) || trees.get(digest) !== undefined;
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
      for (const [digest, other] of held) if (other.folder === folder) held.delete(digest);
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
