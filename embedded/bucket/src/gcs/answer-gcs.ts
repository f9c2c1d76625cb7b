import type { BearerTokens } from "../bearer-tokens.ts";
import { decodePath, type Answer, type Exchange } from "../exchange.ts";
import type { ObjectStore, StoredObject } from "../store.ts";

/** What the GCS side knows. */
export interface GcsSide {
  store: ObjectStore;
  /** Absent: open to everybody. */
  tokens: BearerTokens | undefined;
  pageSize: number;
  count(what: string): void;
}

/** Answers a request of the JSON API, or for a token. Source: Cloud Storage JSON API v1. */
export function answerGcs(request: Exchange, side: GcsSide): Answer {
  if (request.method === "POST" && request.path === "/token") return token(request, side);
  if (request.method !== "GET") return failure(405, "Method Not Allowed");
  if (side.tokens && !side.tokens.isKnown(request.headers["authorization"])) {
    return failure(
      401,
      "Anonymous caller does not have storage.objects.list access to the Google Cloud Storage bucket.",
    );
  }
  const [, bucket, rest, key] = /^\/storage\/v1\/b\/([^/]+)(\/o(?:\/(.+))?)?$/.exec(request.path) ?? [];
  const [bucketName, keyName] = [decodePath(bucket ?? ""), decodePath(key ?? "")];
  if (!bucketName || keyName === undefined) return failure(404, "Not Found");
  side.count(
    `gcs ${rest === undefined ? "bucket" : key === undefined ? "list" : request.query.get("alt") === "media" ? "media" : "object"}`,
  );
  if (!side.store.has(bucketName)) return failure(404, "The specified bucket does not exist.");
  if (rest === undefined) return json(200, { kind: "storage#bucket", name: bucketName });
  if (key === undefined) return list(request, bucketName, side);
  return object(request, side.store.get(bucketName, keyName), keyName);
}

function token({ body }: Exchange, { tokens }: GcsSide): Answer {
  const form = new URLSearchParams(Buffer.from(body).toString());
  const isGrant = form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer";
  const given = isGrant ? tokens?.exchange(form.get("assertion") ?? "") : undefined;
  if (given === undefined) return json(400, { error: "invalid_grant", error_description: "Invalid JWT Signature." });
  return json(200, { access_token: given, expires_in: 3599, token_type: "Bearer" });
}

function list({ query }: Exchange, bucket: string, { store, pageSize }: GcsSide): Answer {
  const limit = Math.min(pageSize, Number(query.get("maxResults") ?? pageSize));
  const after = Buffer.from(query.get("pageToken") ?? "", "base64").toString();
  const { objects, more } = store.list(bucket, { prefix: query.get("prefix") ?? "", after, limit });
  const next = more ? { nextPageToken: Buffer.from(objects.at(-1)?.key ?? "").toString("base64") } : {};
  return json(200, {
    kind: "storage#objects",
    ...next,
    ...(objects.length > 0 ? { items: objects.map(metadata) } : {}),
  });
}

function object({ query }: Exchange, found: StoredObject | undefined, key: string): Answer {
  if (!found) return failure(404, `No such object: ${key}`);
  const wanted = query.get("ifGenerationMatch");
  if (wanted !== null && wanted !== String(found.generation))
    return failure(412, "At least one of the pre-conditions you specified did not hold.");
  if (query.get("alt") !== "media") return json(200, metadata(found));
  // The etag of a download is not the object's own: whoever takes it for that sees a change that is none.
  return {
    status: 200,
    headers: { "content-type": "application/octet-stream", etag: `"${found.md5}"` },
    body: found.bytes,
  };
}

function metadata({ key, md5, generation, bytes }: StoredObject): object {
  const etag = Buffer.from(`generation ${generation}`).toString("base64");
  return {
    kind: "storage#object",
    name: key,
    etag,
    generation: String(generation),
    size: String(bytes.length),
    md5Hash: md5,
  };
}

function failure(code: number, message: string): Answer {
  return json(code, { error: { code, message, errors: [{ message, domain: "global" }] } });
}

function json(status: number, value: object): Answer {
  return { status, headers: { "content-type": "application/json; charset=UTF-8" }, body: JSON.stringify(value) };
}
