import { isObject } from "@eddy/core/json";
import type { Repository } from "@eddy/core/image";
import { formatRepository } from "@eddy/core/image";
import type { Tag } from "@eddy/image-policy";
import {
  parseImageIndex,
  parseImageManifest,
  withDigest,
  withTag,
  type OciCallOptions,
  type OciClient,
} from "@eddy/oci";

/** What is known of a tag beside its name. */
export type BuildDate = Pick<Tag, "digest" | "createdMs">;

/** Reads when images were built, once for each digest. */
export interface BuildDates {
  /** By tag; what cannot be read has no date. @throws what the client throws when the registry refuses everything */
  fetch(
    client: OciClient,
    repository: Repository,
    tags: readonly string[],
    call: OciCallOptions,
  ): Promise<ReadonlyMap<string, BuildDate>>;
}

const maxConfigBytes = 4 * 1024 * 1024;
const concurrency = 8;
const maxKept = 20_000;

/** Nothing read yet. */
export function createBuildDates(): BuildDates {
  const known = new Map<string, number | undefined>();
  const dateOf = async (
    client: OciClient,
    repository: Repository,
    tag: string,
    call: OciCallOptions,
  ): Promise<BuildDate> => {
    const { digest } = await client.resolve(withTag(repository, tag), call);
    const key = `${formatRepository(repository)}@${digest}`;
    if (!known.has(key)) {
      if (known.size >= maxKept) known.clear();
      known.set(key, await readCreated(client, repository, digest, call));
    }
    const createdMs = known.get(key);
    return { digest, ...(createdMs === undefined ? {} : { createdMs }) };
  };
  return {
    async fetch(client, repository, tags, call) {
      const found = new Map<string, BuildDate>();
      const waiting = [...tags];
      const work = async (): Promise<void> => {
        for (let tag = waiting.pop(); tag !== undefined; tag = waiting.pop())
          found.set(tag, await dateOf(client, repository, tag, call).catch(() => ({})));
      };
      await Promise.all(Array.from({ length: concurrency }, work));
      return found;
    },
  };
}

/** The config's own date; labels where it has none, since those may be inherited. Source: Flux v1 `--registry-use-labels`. */
async function readCreated(
  client: OciClient,
  repository: Repository,
  digest: string,
  call: OciCallOptions,
): Promise<number | undefined> {
  const { bytes } = await client.fetchManifest(withDigest(repository, digest), call);
  const isIndex =
    isObject(JSON.parse(bytes.toString()) as unknown) && "manifests" in (JSON.parse(bytes.toString()) as object);
  const image = isIndex
    ? parseImageIndex(bytes).manifests.find(({ platform }) => platform?.os !== "unknown")
    : undefined;
  if (isIndex && image === undefined) return undefined;
  const manifest = image ? (await client.fetchManifest(withDigest(repository, image.digest), call)).bytes : bytes;
  const { config } = parseImageManifest(manifest);
  const text = await client.fetchBlob(repository, config, { ...call, maxBytes: maxConfigBytes });
  return createdOf(JSON.parse(text.toString()) as unknown);
}

const labels = ["org.opencontainers.image.created", "org.label-schema.build-date"];

function createdOf(config: unknown): number | undefined {
  if (!isObject(config)) return undefined;
  const inner = isObject(config["config"]) ? config["config"] : {};
  const own = isObject(inner["Labels"]) ? inner["Labels"] : {};
  for (const value of [config["created"], ...labels.map((label) => own[label])]) {
    const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
    // Builds that can be repeated have no date: 1970, or year 1.
    if (Number.isFinite(time) && time > 0) return time;
  }
  return undefined;
}
