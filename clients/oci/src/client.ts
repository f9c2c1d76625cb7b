import type { Reference, Repository } from "@eddy/core/image";

/** What identifies content. */
export interface Descriptor {
  readonly mediaType: string;
  /** `<algorithm>:<hex>`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly platform?: Platform;
  readonly urls?: readonly string[];
}

/** What an image runs on. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly "os.version"?: string;
}

/** An image manifest: a config and layers. */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An index of manifests. */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest as the registry sent it. */
export interface RawManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** An image manifest with its descriptor; of an index, the one for the platform. */
export interface FetchedImage extends RawManifest {
  readonly manifest: ImageManifest;
}

/** How a registry lets somebody in. All fields absent: anonymous. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** A refresh token, exchanged at the token server. */
  readonly identityToken?: string;
  /** Sent as it is: `Bearer <token>`. */
  readonly registryToken?: string;
}

/** Finds how to log in to a repository; undefined: anonymously. Asked again after `expiresAt` (milliseconds), where given. */
export interface Keychain {
  resolve(
    repository: Repository,
    options?: { signal?: AbortSignal },
  ): Promise<(RegistryAuth & { readonly expiresAt?: number }) | undefined>;
}

/** Bounds of what is read. */
export interface OciLimits {
  /** Bytes of a manifest. Default 8 MiB. */
  readonly maxManifestBytes: number;
  /** Bytes of a blob that is read to memory. Default 512 MiB. */
  readonly maxBlobBytes: number;
  /** Tags of a repository. Default 200,000. */
  readonly maxTags: number;
  /** Attempts of a request that may pass by itself. Default 3. */
  readonly attempts: number;
  /** Wait before the second attempt; three times as long before each further one. Default 1,000. */
  readonly retryDelayMs: number;
  /** Longest wait between two attempts that `Retry-After` may ask for. Default 30,000. */
  readonly maxRetryDelayMs: number;
}

/** Tags as they are now, or that they are as they were. */
export type TagListing =
  | { readonly changed: false }
  | { readonly changed: true; readonly tags: string[]; readonly etag?: string };

/** What a call may be given. */
export interface OciCallOptions {
  signal?: AbortSignal;
}

/** Content to push. */
export interface PushedBlob {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** Another repository of the registry that may have the blob already: it is mounted, not sent. */
  readonly mountFrom?: string;
}

/**
 * A registry client: logins, tokens and schemes are learned once and kept. All calls throw {@link RegistryError} for an answer
 * that refuses, and EddyError for what is wrong with an answer (OCI_DIGEST, OCI_TOO_LARGE, OCI_PROTOCOL) or a connection (of
 * `@eddy/http`).
 */
export interface OciClient {
  /** How long a registry is to be left alone yet, as it asked this client or one of the same account. */
  pausedMs(registry: string): number;
  /** All tags, in the registry's order. */
  listTags(repository: Repository, options?: OciCallOptions): Promise<string[]>;
  /**
   * All tags, unless the list is still the one that `etag` stands for. A list of several pages has no `etag`: nothing tells that
   * all of them are as they were.
   */
  listTagsIfChanged(
    repository: Repository,
    known: { readonly etag?: string },
    options?: OciCallOptions,
  ): Promise<TagListing>;
  /** What the reference names now: one HEAD request, nothing is downloaded; a GET where the registry does not answer HEAD. */
  resolve(reference: Reference, options?: OciCallOptions): Promise<Descriptor>;
  /** The manifest or index, its digest checked. */
  fetchManifest(reference: Reference, options?: OciCallOptions): Promise<RawManifest>;
  /** The image manifest; of an index, the one of the platform (default linux/amd64). */
  fetchImage(reference: Reference, options?: OciCallOptions & { platform?: Platform }): Promise<FetchedImage>;
  /** A whole blob, size and digest checked. */
  fetchBlob(
    repository: Repository,
    descriptor: Pick<Descriptor, "digest"> & { size?: number },
    options?: OciCallOptions & { maxBytes?: number },
  ): Promise<Buffer>;
  /** Whether the repository has the blob. */
  hasBlob(repository: Repository, digest: string, options?: OciCallOptions): Promise<boolean>;
  /** Sends a blob, unless it is there already; resolves its descriptor. */
  pushBlob(repository: Repository, blob: PushedBlob, options?: OciCallOptions): Promise<Descriptor>;
  /** Sends a manifest under a tag or digest; resolves its descriptor. A subject is listed in its fallback tag where the registry does not. */
  pushManifest(
    reference: Reference,
    manifest: { mediaType: string; bytes: Uint8Array },
    options?: OciCallOptions,
  ): Promise<Descriptor>;
  /** Gives what the reference names another tag. */
  tag(reference: Reference, tag: string, options?: OciCallOptions): Promise<Descriptor>;
  /** Removes a manifest by digest, or a tag. */
  deleteManifest(reference: Reference, options?: OciCallOptions): Promise<void>;
  /** What refers to this digest: the referrers API, else the fallback tag `sha256-<hex>`. */
  listReferrers(
    repository: Repository,
    digest: string,
    options?: OciCallOptions & { artifactType?: string },
  ): Promise<Descriptor[]>;
  /** Logs in and asks for nothing. @throws RegistryError when refused. */
  ping(registry: Pick<Repository, "registry" | "insecure">, options?: OciCallOptions): Promise<void>;
  /** Closes kept connections. */
  close(): void;
}
