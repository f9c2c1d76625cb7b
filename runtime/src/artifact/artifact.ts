import type { Artifact } from "@eddy/api";
import type { FileTree } from "@eddy/core/tree";

/** Whose artifact it is; `kind` in any case. */
export interface ArtifactOwner {
  kind: string;
  namespace: string;
  name: string;
}

/** What is stored: a tree, packed as `tar.gz`. */
export interface ArtifactContent {
  revision: string;
  /** File name, like `<commit>.tar.gz`. */
  fileName: string;
  /** Only what belongs into the artifact: already filtered. Symbolic links are dropped. */
  tree: FileTree;
  metadata?: Record<string, string>;
}

/** What is stored as it is: an index, a chart, a layer that is copied. */
export interface ArtifactFile {
  revision: string;
  /** File name, like `podinfo-6.0.0.tgz`. */
  fileName: string;
  bytes: Uint8Array;
  metadata?: Record<string, string>;
}

/** Bounds of an archive that is read. */
export interface ArtifactLimits {
  /** Compressed bytes. Default 256 MiB. */
  maxBytes: number;
  /** Uncompressed bytes. Default 1 GiB. */
  maxUnpackedBytes: number;
  /** Default 200,000. */
  maxEntries: number;
  /** Uncompressed by compressed, looked at beyond 16 MiB. Default 200. */
  maxRatio: number;
}

/**
 * Artifacts of this process: trees in memory, tarballs below the storage path. Trees are shared: who asks for an artifact
 * made here gets the tree that it was made of, without unpacking.
 */
export interface ArtifactStore {
  /**
   * Packs and keeps a tree. The same content gives the same digest. When the disk refuses, the tree is shared all the same
   * and `stored` says why.
   */
  put(owner: ArtifactOwner, content: ArtifactContent): Promise<{ artifact: Artifact; stored: Error | undefined }>;
  /** Keeps bytes as they are. When the disk refuses, this process hands them out all the same and `stored` says why. */
  putFile(owner: ArtifactOwner, file: ArtifactFile): Promise<{ artifact: Artifact; stored: Error | undefined }>;
  /** The bytes of an artifact, archive or file: from disk, else fetched from its URL and checked against its digest. */
  bytes(artifact: Artifact, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  /** The tree of an artifact: shared, else from disk, else fetched from its URL and checked against its digest. */
  tree(artifact: Artifact, options?: { signal?: AbortSignal }): Promise<FileTree>;
  /** Whether the artifact can be handed out as recorded: its file is there with the recorded digest, or its tree is shared. */
  verify(artifact: Artifact): Promise<boolean>;
  /** Whether the disk refused the artifact when it was last put: this process alone has its tree, and it is to be put again. */
  isUnstored(artifact: Artifact): boolean;
  /** The artifact with the URL under which this process serves it now. */
  withCurrentUrl(artifact: Artifact): Artifact;
  /** Removes files of the owner beyond retention; resolves how many. `keep` stays. */
  collectGarbage(owner: ArtifactOwner, keep: Artifact): Promise<number>;
  /** Points a fixed name in the artifact's folder at it, like `latest.tar.gz`; resolves the link's URL. */
  link(artifact: Artifact, name: string): Promise<string>;
  /** Removes everything of the owner; resolves how many files. */
  removeAll(owner: ArtifactOwner): Promise<number>;
}
