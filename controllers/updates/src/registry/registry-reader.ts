import type { Cancel, Clock } from "@eddy/core/clock";
import { digestOf } from "@eddy/core/digest";
import { EddyError, messageOf } from "@eddy/core/errors";
import { parseRepository, withTag } from "@eddy/core/image";
import type { Logger } from "@eddy/core/log";
import { mediaTypes, parseImageIndex, type OciClient } from "@eddy/oci";

/** Tags and digests of repositories, asked for once by all who ask at the same time. */
export interface RegistryReader {
  /**
   * Names of all tags, as they were at `sinceMs` or later.
   * @throws what the client throws
   */
  tags(access: OpenedAccess, repository: string, sinceMs: number): Promise<readonly string[]>;
  /**
   * What the tag names, its digest computed from the manifest: a registry that lies about it is found out.
   * @throws what the client throws; OCI_DIGEST
   */
  image(access: OpenedAccess, repository: string, tag: string, sinceMs: number): Promise<NamedImage>;
  /** What the registry says that the digest is, by one request without a body. Only good for seeing that nothing changed. */
  claimedDigest(access: OpenedAccess, repository: string, tag: string, sinceMs: number): Promise<string>;
  stop(): void;
}

/** What a tag names. */
export interface NamedImage {
  readonly digest: string;
  /** `linux/amd64`, `linux/arm64/v8`; absent for an image that is not for several platforms: only its config says. */
  readonly platforms?: readonly string[];
}

/** A client, and what tells it from others. */
export interface OpenedAccess {
  readonly key: string;
  readonly client: OciClient;
}

interface Answer {
  readonly atMs: number;
  readonly value: Promise<unknown>;
}

/** How long an answer may serve others. */
const keptMs = 2_000;

/** A reader that has asked nobody yet. */
export function createRegistryReader({ clock, logger }: { clock: Clock; logger: Logger }): RegistryReader {
  const answers = new Map<string, Answer>();
  const timers = new Map<string, Cancel>();
  const once = <T>(key: string, sinceMs: number, ask: () => Promise<T>): Promise<T> => {
    const known = answers.get(key);
    if (known && known.atMs >= sinceMs) return known.value as Promise<T>;
    const value = ask();
    value.catch((error: unknown) => logger.log("debug", "ask a registry failed", { error: messageOf(error) }));
    answers.set(key, { atMs: clock.now(), value });
    timers.get(key)?.();
    // Tags of a big repository are not kept beyond the passes that they are for.
    timers.set(
      key,
      clock.after(keptMs, () => {
        answers.delete(key);
        timers.delete(key);
      }),
    );
    return value;
  };
  const keyOf = (access: OpenedAccess, ...parts: string[]): string => JSON.stringify([access.key, ...parts]);
  return {
    tags: (access, repository, sinceMs) =>
      once(keyOf(access, "tags", repository), sinceMs, () => access.client.listTags(parseRepository(repository))),
    image: (access, repository, tag, sinceMs) =>
      once(keyOf(access, "image", repository, tag), sinceMs, async () => {
        const reference = withTag(parseRepository(repository), tag);
        const { bytes, descriptor } = await access.client.fetchManifest(reference);
        const [digest, claimed] = [digestOf(bytes), (await access.client.resolve(reference)).digest];
        if (claimed === digest) return { digest, ...platformsOf(descriptor.mediaType, bytes) };
        throw new EddyError(
          "OCI_DIGEST",
          `check the digest of ${repository}:${tag}: the registry says ${JSON.stringify(claimed)}, and what it sends has ${digest}`,
        );
      }),
    claimedDigest: (access, repository, tag, sinceMs) =>
      once(keyOf(access, "claim", repository, tag), sinceMs, async () => {
        const { digest } = await access.client.resolve(withTag(parseRepository(repository), tag));
        return digest;
      }),
    stop() {
      for (const cancel of timers.values()) cancel();
      answers.clear();
    },
  };
}

const indexTypes: ReadonlySet<string> = new Set<string>([mediaTypes.ociIndex, mediaTypes.dockerList]);

/** Of an index, what its images run on; attestations run nowhere. */
function platformsOf(mediaType: string, bytes: Uint8Array): Pick<NamedImage, "platforms"> {
  if (!indexTypes.has(mediaType)) return {};
  const platforms = parseImageIndex(bytes).manifests.flatMap(({ platform }) => {
    if (!platform || platform.os === "unknown") return [];
    const { os, architecture, variant } = platform;
    return [[os, architecture, ...(variant ? [variant] : [])].join("/")];
  });
  return platforms.length === 0 ? {} : { platforms };
}
