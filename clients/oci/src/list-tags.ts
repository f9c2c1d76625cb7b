import { isObject } from "@eddy/core/json";
import type { HttpResponse } from "@eddy/http";
import type { OciCallOptions, OciLimits, TagListing } from "./client.ts";
import { ociError } from "./oci-error.ts";
import { repositoryPath, type Repository } from "@eddy/core/image";
import type { Session } from "./session.ts";

const pageSize = 1_000;
const maxPageBytes = 32 * 1024 * 1024;
const maxPages = 2_000;

/**
 * All tags, page by page, in the registry's order.
 * @throws EddyError OCI_TOO_LARGE beyond `maxTags`, OCI_PROTOCOL for pages that never end or that are no lists; RegistryError.
 */
export async function listTags(
  session: Session,
  repository: Repository,
  limits: OciLimits,
  options: OciCallOptions = {},
): Promise<string[]> {
  const listing = await listTagsIfChanged(session, repository, limits, {}, options);
  return listing.changed ? listing.tags : [];
}

/**
 * As {@link listTags}, with the condition that the first page is another one than `known` stands for.
 * @throws as listTags does
 */
export async function listTagsIfChanged(
  session: Session,
  repository: Repository,
  limits: OciLimits,
  known: { readonly etag?: string },
  options: OciCallOptions = {},
): Promise<TagListing> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${repositoryPath(repository)}/tags/list?n=${pageSize}`;
  let etag: string | undefined;
  const seen = new Set<string>();
  const conditions = known.etag === undefined ? {} : { "if-none-match": known.etag };
  while (path !== undefined) {
    if (seen.has(path) || seen.size >= maxPages) throw ociError("OCI_PROTOCOL", "list tags: the pages never end");
    const isFirst = seen.size === 0;
    seen.add(path);
    const response = await session.send({
      ...options,
      repository,
      path,
      maxBytes: maxPageBytes,
      ...(isFirst && known.etag !== undefined ? { headers: conditions, expect: [200, 304] } : { expect: [200] }),
    });
    if (response.status === 304) {
      response.discard();
      return { changed: false };
    }
    const page = parsePage(await response.text());
    if (tags.length + page.length > limits.maxTags)
      throw ociError("OCI_TOO_LARGE", `list tags: more than ${limits.maxTags} tags`);
    for (const tag of page) tags.push(tag);
    path = nextPage(response);
    etag = isFirst && path === undefined ? response.headers["etag"] : undefined;
  }
  return { changed: true, tags, ...(etag === undefined ? {} : { etag }) };
}

function parsePage(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw ociError("OCI_PROTOCOL", "list tags: the answer is not JSON", error);
  }
  const tags = isObject(value) ? (value["tags"] ?? []) : undefined;
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === "string"))
    throw ociError("OCI_PROTOCOL", "list tags: the answer has no list of tags");
  return tags;
}

/**
 * Path and query of the next page, from a `Link` header. Only they are taken: registries behind proxies name themselves wrongly, and
 * a link to another host is no page of this one.
 * @throws EddyError OCI_PROTOCOL.
 */
export function nextPage({ headers, url }: Pick<HttpResponse, "headers" | "url">): string | undefined {
  const link = headers["link"];
  if (link === undefined || link === "") return undefined;
  const target = /^<([^>]*)>/.exec(link)?.[1];
  if (target === undefined)
    throw ociError("OCI_PROTOCOL", `failed to parse link header: missing '<' or '>' in: ${link}`);
  if (!URL.canParse(target, url.href)) throw ociError("OCI_PROTOCOL", "failed to parse link header: no URL");
  const next = new URL(target, url);
  if (next.hostname !== url.hostname)
    throw ociError("OCI_PROTOCOL", `refused the link of ${url.hostname} to a page of ${next.hostname}`);
  return `${next.pathname}${next.search}`;
}
