import { parseManifest } from "./manifests.ts";
import { send, sendJson, unsupported, type Exchange } from "./exchange.ts";
import { Refusal } from "./registry-error.ts";

const defaultPageSize = 1_000;

/** `GET tags/list`: sorted, in pages. */
export function answerTags(exchange: Exchange, name: string): void {
  if (exchange.method !== "GET") unsupported();
  const tags = [...exchange.content.get(name).tags.keys()];
  const page = pageOf(exchange, tags);
  const link = page.next === undefined ? {} : { link: nextLink(`/v2/${name}/tags/list`, page) };
  sendJson(exchange, 200, { name, tags: page.items }, link);
}

/** `GET _catalog`: names of repositories. */
export function answerCatalog(exchange: Exchange): void {
  if (exchange.method !== "GET") unsupported();
  const page = pageOf(exchange, [...exchange.content.repositories.keys()]);
  const link = page.next === undefined ? {} : { link: nextLink("/v2/_catalog", page) };
  sendJson(exchange, 200, { repositories: page.items }, link);
}

interface Page {
  readonly items: readonly string[];
  readonly size: number;
  /** The last item, where there are more. */
  readonly next: string | undefined;
}

function pageOf({ url, options }: Exchange, items: string[]): Page {
  const asked = url.searchParams.get("n");
  const max = options.maxPageSize ?? defaultPageSize;
  if (asked !== null && !/^\d{1,9}$/.test(asked)) throw new Refusal(400, "PAGINATION_NUMBER_INVALID", { n: asked });
  const size = Math.min(max, asked === null ? max : Number(asked));
  const last = url.searchParams.get("last") ?? "";
  const rest = items.sort().filter((item) => item > last);
  const shown = rest.slice(0, size);
  return { items: shown, size, next: rest.length > shown.length && size > 0 ? shown.at(-1) : undefined };
}

function nextLink(path: string, { size, next = "" }: Page): string {
  return `<${path}?last=${encodeURIComponent(next)}&n=${size}>; rel="next"`;
}

/** `GET referrers/<digest>`: an index of what has this subject. */
export function answerReferrers(exchange: Exchange, name: string, digest: string): void {
  if (exchange.method !== "GET") unsupported();
  if (exchange.options.referrers === false) throw new Refusal(404, "UNSUPPORTED");
  const repository = exchange.content.find(name);
  const type = exchange.url.searchParams.get("artifactType");
  const manifests = [...(repository?.referrers.get(digest) ?? [])]
    .map((referrer) => describe(referrer, repository?.manifests.get(referrer)))
    .filter((descriptor) => descriptor !== undefined)
    .filter((descriptor) => type === null || descriptor.artifactType === type);
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  send(
    exchange,
    200,
    { "content-type": mediaType, ...(type === null ? {} : { "oci-filters-applied": "artifactType" }) },
    body,
  );
}

function describe(
  digest: string,
  stored: { mediaType: string; bytes: Buffer } | undefined,
): Record<string, unknown> | undefined {
  if (!stored) return undefined;
  const parsed = parseManifest(stored.bytes) as {
    artifactType?: unknown;
    config?: { mediaType?: unknown };
    annotations?: unknown;
  };
  return {
    mediaType: stored.mediaType,
    digest,
    size: stored.bytes.length,
    artifactType: parsed.artifactType ?? parsed.config?.mediaType,
    ...(parsed.annotations === undefined ? {} : { annotations: parsed.annotations }),
  };
}
