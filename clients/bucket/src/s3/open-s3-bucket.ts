import { childText, parseXml } from "@eddy/core/xml";
import { encodeAwsText, signAwsRequest, type AwsCredentials } from "@eddy/cloud";
import { createHttpClient, type HttpClient, type HttpResponse } from "@eddy/http";
import type { Bucket, BucketOptions } from "../bucket.ts";
import { BucketError, exchangeFailure, refusal } from "../errors.ts";
import { objectPath } from "../object-path.ts";
import { listParameters, readListPage, trimEtag, type S3Page } from "./list-page.ts";
import { listsByMarker, s3Address, s3Region } from "./address.ts";

/** A bucket of S3, or of what speaks like it. */
export interface S3BucketOptions extends BucketOptions {
  /** A host, or a host and a port. */
  endpoint: string;
  /** Plain HTTP. */
  insecure?: boolean;
  /** A client certificate, PEM, shown to the bucket's host alone. */
  identity?: { cert: string; key: string };
  /** Default: the endpoint's, or what the service names when asked. */
  region?: string;
  /** Absent, or giving undefined: requests are not signed. */
  credentials?: () => Promise<AwsCredentials | undefined>;
}

/** @throws BucketError configuration for an endpoint or a name that cannot be one */
export function openS3Bucket(options: S3BucketOptions): Bucket {
  const { endpoint, bucket, insecure = false } = options;
  const { host } = s3Address(endpoint, bucket, { region: s3Region(endpoint, options.region), insecure });
  const identity = options.identity && { identity: { origin: `https://${host}`, ...options.identity } };
  const client = createHttpClient({ maxConnections: 32, ...options.http, ...identity, clock: options.clock });
  const request = requester(client, options);
  const byMarker = listsByMarker(endpoint);
  return {
    async exists({ signal }) {
      const response = await request({ method: "HEAD", query: {}, signal });
      response.discard();
      if (response.status === 404) return false;
      // A head has no body to say why: a list names the region that was wanted, or the reason.
      if (response.status === 400 || response.status === 403) await askForOne(request, byMarker, signal);
      else if (response.status >= 300) throw refusal(response.status, undefined);
      return true;
    },
    async *list({ prefix, signal }) {
      const parameters = listParameters(prefix, byMarker);
      let next: S3Page["next"] = {};
      while (next) {
        const response = await succeeded(await request({ query: { ...parameters, ...next }, signal }));
        const page: S3Page = readListPage(await textOf(response), byMarker);
        yield* page.objects;
        next = page.next;
      }
    },
    async get(key, { signal, maxBytes }) {
      const response = await request({ key, query: {}, signal, maxBytes });
      if (response.status === 404) {
        const { code, message } = await errorOf(response);
        if (code === undefined || code === "NoSuchKey") return undefined;
        throw refusal(404, message);
      }
      await succeeded(response);
      const etag = trimEtag(response.headers["etag"] ?? "");
      return { bytes: await response.bytes().catch(rethrow), etag };
    },
    close: () => client.close(),
  };
}

async function askForOne(request: Requester, byMarker: boolean, signal: AbortSignal): Promise<void> {
  const query = { ...listParameters("", byMarker), "max-keys": "1" };
  const response = await request({ query, signal });
  if (response.status < 300) return response.discard();
  const { code, message } = await errorOf(response);
  // In the words of minio-go, which does not ask why.
  throw refusal(response.status, code === "AccessDenied" ? "Access Denied." : (message ?? code));
}

interface S3Request {
  method?: "GET" | "HEAD";
  key?: string;
  query: Readonly<Record<string, string>>;
  signal: AbortSignal;
  maxBytes?: number;
}

type Requester = (request: S3Request) => Promise<HttpResponse>;

/** Signs and sends, for the region that turns out to be the bucket's. */
function requester(client: HttpClient, options: S3BucketOptions): Requester {
  const { endpoint, bucket, insecure = false, clock } = options;
  let region = s3Region(endpoint, options.region);
  const send = async ({ method = "GET", key, query, signal, maxBytes }: S3Request): Promise<HttpResponse> => {
    const { host, virtualHost } = s3Address(endpoint, bucket, { region, insecure });
    const path = `${virtualHost ? "" : `/${encodeAwsText(bucket)}`}/${key === undefined ? "" : objectPath(key, encodeAwsText)}`;
    const parameters = Object.entries(query).map(([name, value]) => `${encodeAwsText(name)}=${encodeAwsText(value)}`);
    const url = new URL(`${insecure ? "http" : "https"}://${host}${path}`);
    url.search = parameters.join("&");
    const credentials = await options.credentials?.();
    const scope = credentials && { credentials, region, service: "s3", nowMs: clock.now() };
    const headers = scope ? signAwsRequest({ method, url }, scope) : {};
    const limits = { timeoutMs: Number.POSITIVE_INFINITY, ...(maxBytes === undefined ? {} : { maxBytes }) };
    // An object is wanted as it is stored; a redirect is the service's way to name another region.
    const request = { method, credentials: headers, signal, maxRedirects: 0, decompress: false, ...limits };
    return client.request(url, request).catch(rethrow);
  };
  return async (request) => {
    const response = await send(request);
    const named = response.status < 300 || options.region ? undefined : await regionNamedBy(response);
    if (named === undefined || named === region) return response;
    region = named;
    return send(request);
  };
}

/** The region that a refusal names, without taking the body of one that names none in its head. */
async function regionNamedBy(response: HttpResponse): Promise<string | undefined> {
  const named = response.headers["x-amz-bucket-region"];
  if (named !== undefined || response.status !== 400) return named;
  const text = await textOf(response);
  response.text = async () => text;
  try {
    return childText(parseXml(text), "Region") || undefined;
  } catch {
    return undefined;
  }
}

async function succeeded(response: HttpResponse): Promise<HttpResponse> {
  if (response.status >= 200 && response.status < 300) return response;
  const { code, message } = await errorOf(response);
  if (code === "NoSuchBucket") throw new BucketError("missing", message ?? code);
  throw refusal(response.status, message ?? code);
}

async function errorOf(response: HttpResponse): Promise<{ code?: string; message?: string }> {
  try {
    const root = parseXml(await response.text());
    const [code, message] = [childText(root, "Code"), childText(root, "Message")];
    return { ...(code ? { code } : {}), ...(message ? { message } : {}) };
  } catch {
    return {};
  }
}

function textOf(response: HttpResponse): Promise<string> {
  return response.text().catch(rethrow);
}

function rethrow(error: unknown): never {
  throw exchangeFailure(error);
}
