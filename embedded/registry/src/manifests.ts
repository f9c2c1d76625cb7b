import { digestOf, type StoredManifest, type StoredRepository } from "./content.ts";
import { readBody, send, unsupported, type Exchange } from "./exchange.ts";
import { Refusal } from "./registry-error.ts";
import { isDigest } from "./route.ts";

const maxManifestBytes = 4 * 1024 * 1024;

/** Answers a request for one manifest, by tag or digest. */
export async function answerManifest(exchange: Exchange, name: string, reference: string): Promise<void> {
  if (exchange.method === "GET") return sendManifest(exchange, name, reference);
  if (exchange.method === "DELETE") return deleteManifest(exchange, name, reference);
  if (exchange.method !== "PUT") unsupported();
  const bytes = await readBody(exchange, maxManifestBytes);
  const mediaType = (exchange.request.headers["content-type"] ?? "").split(";", 1)[0]?.trim() ?? "";
  const digest = storeManifest(exchange, name, { mediaType, bytes }, reference);
  const subject = subjectOf(parseManifest(bytes));
  send(exchange, 201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(subject !== undefined && exchange.options.referrers !== false ? { "oci-subject": subject } : {}),
  });
}

function sendManifest(exchange: Exchange, name: string, reference: string): void {
  const repository = exchange.content.get(name);
  const digest = isDigest(reference) ? reference : repository.tags.get(reference);
  const stored = digest === undefined ? undefined : repository.manifests.get(digest);
  if (digest === undefined || !stored) throw unknownManifest(name, reference);
  const headers = { "content-type": stored.mediaType, "docker-content-digest": digest, etag: `"${digest}"` };
  if (exchange.request.headers["if-none-match"] === headers.etag) return send(exchange, 304, headers);
  if (exchange.request.method === "GET")
    exchange.notifier.notify("pull", targetOf(exchange.url.origin, name, digest, stored, reference), exchange.request);
  send(exchange, 200, headers, stored.bytes);
}

/** As docker-distribution details it. */
function unknownManifest(name: string, reference: string): Refusal {
  const detail = isDigest(reference)
    ? `unknown manifest name=${name} revision=${reference}`
    : `unknown tag=${reference}`;
  return new Refusal(404, "MANIFEST_UNKNOWN", detail);
}

function targetOf(
  origin: string,
  name: string,
  digest: string,
  { mediaType, bytes }: StoredManifest,
  reference: string | undefined,
): Parameters<Exchange["notifier"]["notify"]>[1] {
  return {
    mediaType,
    size: bytes.length,
    length: bytes.length,
    digest,
    repository: name,
    url: `${origin}/v2/${name}/manifests/${digest}`,
    ...(reference === undefined || isDigest(reference) ? {} : { tag: reference }),
  };
}

interface ParsedManifest {
  readonly mediaType?: unknown;
  readonly config?: { digest?: unknown };
  readonly layers?: readonly { digest?: unknown; urls?: unknown }[];
  readonly manifests?: readonly { digest?: unknown }[];
  readonly subject?: { digest?: unknown };
}

/** @throws Refusal MANIFEST_INVALID for what is not a JSON object. */
export function parseManifest(bytes: Buffer): ParsedManifest {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Refused below.
  }
  throw new Refusal(400, "MANIFEST_INVALID");
}

function subjectOf({ subject }: ParsedManifest): string | undefined {
  return typeof subject?.digest === "string" ? subject.digest : undefined;
}

/**
 * Takes a manifest whose parts are there. Its digest.
 * @throws Refusal MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN, DIGEST_INVALID.
 */
export function storeManifest(
  exchange: Pick<Exchange, "content" | "notifier"> & Partial<Pick<Exchange, "request" | "url">>,
  name: string,
  manifest: { mediaType: string; bytes: Buffer },
  reference: string | undefined,
): string {
  const { content, notifier } = exchange;
  const parsed = parseManifest(manifest.bytes);
  const mediaType = manifest.mediaType || (typeof parsed.mediaType === "string" ? parsed.mediaType : "");
  if (mediaType === "") throw new Refusal(400, "MANIFEST_INVALID");
  const repository = content.ensure(name);
  checkParts(repository, parsed);
  const digest = digestOf(manifest.bytes);
  if (reference !== undefined && isDigest(reference) && reference !== digest)
    throw new Refusal(400, "DIGEST_INVALID", { digest: reference });
  const stored = { mediaType, bytes: manifest.bytes };
  repository.manifests.set(digest, stored);
  if (reference !== undefined && !isDigest(reference)) repository.tags.set(reference, digest);
  const subject = subjectOf(parsed);
  if (subject !== undefined) {
    const known = repository.referrers.get(subject) ?? new Set();
    repository.referrers.set(subject, known.add(digest));
  }
  notifier.notify("push", targetOf(exchange.url?.origin ?? "", name, digest, stored, reference), exchange.request);
  return digest;
}

function checkParts(repository: StoredRepository, { config, layers, manifests }: ParsedManifest): void {
  const blobs = [config, ...(layers ?? []).filter(({ urls }) => urls === undefined)];
  for (const part of blobs) {
    if (part?.digest === undefined) continue;
    if (!repository.blobs.has(String(part.digest)))
      throw new Refusal(400, "MANIFEST_BLOB_UNKNOWN", { digest: part.digest });
  }
  for (const part of manifests ?? [])
    if (!repository.manifests.has(String(part.digest)))
      throw new Refusal(400, "MANIFEST_BLOB_UNKNOWN", { digest: part.digest });
}

function deleteManifest(exchange: Exchange, name: string, reference: string): void {
  const repository = exchange.content.get(name);
  if (!isDigest(reference)) {
    if (!repository.tags.delete(reference)) throw unknownManifest(name, reference);
    return send(exchange, 202, {});
  }
  const stored = repository.manifests.get(reference);
  if (!stored) throw unknownManifest(name, reference);
  repository.manifests.delete(reference);
  for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
  for (const digests of repository.referrers.values()) digests.delete(reference);
  exchange.notifier.notify("delete", { digest: reference, repository: name }, exchange.request);
  send(exchange, 202, {});
}
