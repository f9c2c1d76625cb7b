import { createHash } from "node:crypto";
import { Refusal } from "./registry-error.ts";

/** A manifest as it was pushed. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** What a repository has. */
export interface StoredRepository {
  readonly blobs: Set<string>;
  readonly manifests: Map<string, StoredManifest>;
  /** Tag to digest. */
  readonly tags: Map<string, string>;
  /** Subject to the digests of what refers to it. */
  readonly referrers: Map<string, Set<string>>;
}

/** Blobs and repositories, in memory. Blobs are shared between repositories. */
export interface Content {
  readonly repositories: ReadonlyMap<string, StoredRepository>;
  find(name: string): StoredRepository | undefined;
  /** The repository, made where there is none. */
  ensure(name: string): StoredRepository;
  /** @throws Refusal NAME_UNKNOWN. */
  get(name: string): StoredRepository;
  addBlob(name: string, bytes: Buffer): string;
  /** The blob, where the repository has it. */
  blob(name: string, digest: string): Buffer | undefined;
  /** Gives a repository a blob of another; false where that has none. */
  mount(name: string, from: string, digest: string): boolean;
}

/** `sha256:<hex>`. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Whether bytes have this digest, of any algorithm that the specification registers. */
export function matchesDigest(digest: string, bytes: Uint8Array): boolean {
  const [algorithm = "", hex = ""] = digest.split(":", 2);
  if (algorithm !== "sha256" && algorithm !== "sha512") return false;
  return createHash(algorithm).update(bytes).digest("hex") === hex;
}

/** Nothing yet. */
export function createContent(): Content {
  const bytesByDigest = new Map<string, Buffer>();
  const repositories = new Map<string, StoredRepository>();
  const content: Content = {
    repositories,
    find: (name) => repositories.get(name),
    ensure(name) {
      const known = repositories.get(name);
      if (known) return known;
      const made: StoredRepository = {
        blobs: new Set(),
        manifests: new Map(),
        tags: new Map(),
        referrers: new Map(),
      };
      repositories.set(name, made);
      return made;
    },
    get(name) {
      const found = repositories.get(name);
      if (!found) throw new Refusal(404, "NAME_UNKNOWN", { name });
      return found;
    },
    addBlob(name, bytes) {
      const digest = digestOf(bytes);
      bytesByDigest.set(digest, bytes);
      content.ensure(name).blobs.add(digest);
      return digest;
    },
    blob: (name, digest) => (repositories.get(name)?.blobs.has(digest) ? bytesByDigest.get(digest) : undefined),
    mount(name, from, digest) {
      if (!repositories.get(from)?.blobs.has(digest)) return false;
      content.ensure(name).blobs.add(digest);
      return true;
    },
  };
  return content;
}
