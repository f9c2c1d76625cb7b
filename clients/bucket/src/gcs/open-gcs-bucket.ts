import { isObject } from "@eddy/core/json";
import type { CloudToken } from "@eddy/cloud";
import { createHttpClient, type HttpResponse } from "@eddy/http";
import type { Bucket, BucketObject, BucketOptions } from "../bucket.ts";
import { BucketError, exchangeFailure, refusal } from "../errors.ts";

/** A bucket of Google Cloud Storage. */
export interface GcsBucketOptions extends BucketOptions {
  /** Without a slash at the end. Default Google's. */
  baseUrl?: string;
  /** Absent: requests carry no token. */
  token?: () => Promise<CloudToken>;
}

type Json = Readonly<Record<string, unknown>>;

/** Source: Cloud Storage JSON API v1. */
export function openGcsBucket(options: GcsBucketOptions): Bucket {
  const { bucket, baseUrl = "https://storage.googleapis.com" } = options;
  const client = createHttpClient({ maxConnections: 32, ...options.http, clock: options.clock });
  const base = `${baseUrl}/storage/v1/b/${encodeURIComponent(bucket)}`;
  const request = async (
    path: string,
    query: Record<string, string>,
    call: { signal: AbortSignal; maxBytes?: number },
  ): Promise<HttpResponse> => {
    const token = await options.token?.();
    const search = new URLSearchParams(query).toString();
    return client
      .request(`${base}${path}${search === "" ? "" : `?${search}`}`, {
        ...call,
        timeoutMs: Number.POSITIVE_INFINITY,
        credentials: token ? { authorization: `Bearer ${token.value}` } : {},
        // What is stored compressed is handed out as it was meant to be read.
        decompress: false,
      })
      .catch(rethrow);
  };
  return {
    async exists(call) {
      const response = await request("", { fields: "name" }, call);
      if (response.status !== 404) return (await readJson(response)) !== undefined;
      response.discard();
      return false;
    },
    async *list({ prefix, signal }) {
      let pageToken: string | undefined = "";
      while (pageToken !== undefined) {
        const page = { ...(prefix === "" ? {} : { prefix }), ...(pageToken === "" ? {} : { pageToken }) };
        const fields = { fields: "items(name,etag),nextPageToken", maxResults: "1000", projection: "noAcl" };
        const answer = await readJson(await request("/o", { ...fields, ...page }, { signal }));
        yield* objectsOf(answer);
        pageToken = textOf(answer, "nextPageToken") || undefined;
      }
    },
    async get(key, { signal, maxBytes }) {
      const path = `/o/${encodeURIComponent(key)}`;
      const head = await request(path, { fields: "etag,generation" }, { signal });
      if (head.status === 404) {
        head.discard();
        return undefined;
      }
      const { etag, generation } = await readJson(head);
      const body = { alt: "media", ifGenerationMatch: String(generation) };
      const response = await request(path, body, { signal, maxBytes });
      // 404 and 412: it went or changed between the two requests; a later pass sees what it is now.
      if (response.status === 404) {
        response.discard();
        return undefined;
      }
      if (response.status >= 300) throw refusal(response.status, await messageOf(response));
      return { bytes: await response.bytes().catch(rethrow), etag: String(etag) };
    },
    close: () => client.close(),
  };
}

function objectsOf(answer: Json): BucketObject[] {
  const items = Array.isArray(answer["items"]) ? (answer["items"] as Json[]) : [];
  return items.map((item) => ({ key: textOf(item, "name"), etag: textOf(item, "etag") }));
}

function textOf(value: Json, field: string): string {
  const text = value[field];
  return typeof text === "string" ? text : "";
}

async function readJson(response: HttpResponse): Promise<Json> {
  if (response.status >= 300) throw refusal(response.status, await messageOf(response));
  const value = parse(await response.text().catch(rethrow));
  if (value) return value;
  throw new BucketError("refused", "read the answer of the storage service: it is no JSON object");
}

async function messageOf(response: HttpResponse): Promise<string | undefined> {
  const error = parse(await response.text().catch(() => ""))?.["error"];
  const message = isObject(error) ? error["message"] : undefined;
  return typeof message === "string" ? message : undefined;
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function rethrow(error: unknown): never {
  throw exchangeFailure(error);
}
