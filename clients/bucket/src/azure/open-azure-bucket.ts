import { childText, childrenOf, parseXml } from "@eddy/core/xml";
import { trimRight } from "@eddy/core/trim";
import { signAzureStorageRequest, type AzureStorageAccount, type CloudToken } from "@eddy/cloud";
import { createHttpClient, type HttpResponse } from "@eddy/http";
import type { Bucket, BucketObject, BucketOptions } from "../bucket.ts";
import { BucketError, exchangeFailure, refusal } from "../errors.ts";
import { objectPath } from "../object-path.ts";

/** How requests to a storage account are authorised. */
export type AzureAccess =
  | { readonly kind: "anonymous" }
  | { readonly kind: "token"; readonly token: () => Promise<CloudToken> }
  | { readonly kind: "sharedKey"; readonly account: AzureStorageAccount }
  /** A shared access signature: the query of its address, with or without the question mark. */
  | { readonly kind: "sas"; readonly query: string };

/** A container of Azure Blob Storage. */
export interface AzureBucketOptions extends BucketOptions {
  /** The account's address: `https://<account>.blob.core.windows.net`; a query is kept. */
  endpoint: string;
  access: AzureAccess;
}

const apiVersion = "2020-10-02";
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Source: Azure Blob service REST API.
 * @throws BucketError configuration for an endpoint that is no http(s) URL, or plain HTTP with a token
 */
export function openAzureBucket(options: AzureBucketOptions): Bucket {
  const { bucket, access } = options;
  const endpoint = parseEndpoint(options.endpoint, access);
  const client = createHttpClient({ maxConnections: 32, ...options.http, clock: options.clock });
  const request = async (
    path: string,
    query: Record<string, string>,
    call: { signal: AbortSignal; maxBytes?: number },
  ): Promise<HttpResponse> => {
    const url = addressOf(endpoint, access, `/${encodeURIComponent(bucket)}${path}`, query);
    const headers = { "x-ms-version": apiVersion, "x-ms-date": new Date(options.clock.now()).toUTCString() };
    const credentials = await authorization(access, url, headers);
    const limits = { timeoutMs: Number.POSITIVE_INFINITY, ...call };
    return client.request(url, { ...limits, headers, credentials }).catch(rethrow);
  };
  const listing = (parameters: Record<string, string>, signal: AbortSignal): Promise<HttpResponse> =>
    request("", { restype: "container", comp: "list", ...parameters }, { signal });
  return {
    async exists({ signal }) {
      const response = await listing({ maxresults: "1" }, signal);
      if (response.status < 300) {
        response.discard();
        return true;
      }
      const failure = await failureOf(response);
      if (failure.code === "ContainerNotFound") return false;
      if (failure.code !== "AuthenticationFailed") throw failure.error;
      const hint =
        "the specified bucket name may be incorrect, nonexistent, or the caller might lack sufficient permissions to access it";
      throw new BucketError("denied", `${hint}: ${failure.error.message}`, { cause: failure.error });
    },
    async *list({ prefix, signal }) {
      let marker: string | undefined = "";
      while (marker !== undefined) {
        const page: Record<string, string> = { maxresults: "1000", ...(prefix === "" ? {} : { prefix }) };
        const response = await listing({ ...page, ...(marker === "" ? {} : { marker }) }, signal);
        if (response.status >= 300) throw (await failureOf(response)).error;
        const root = parseXml(await response.text().catch(rethrow));
        const blobs = root.children.find(({ name }) => name === "Blobs");
        yield* (blobs ? childrenOf(blobs, "Blob") : []).map(objectOf);
        marker = childText(root, "NextMarker")?.trim() || undefined;
      }
    },
    async get(key, { signal, maxBytes }) {
      const response = await request(`/${objectPath(key, encodeURIComponent)}`, {}, { signal, maxBytes });
      if (response.status < 300)
        return { bytes: await response.bytes().catch(rethrow), etag: quoted(response.headers["etag"] ?? "") };
      const failure = await failureOf(response);
      if (failure.code === "BlobNotFound") return undefined;
      throw failure.error;
    },
    close: () => client.close(),
  };
}

function parseEndpoint(text: string, access: AzureAccess): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new BucketError("configuration", "open the bucket: the endpoint is no http or https URL");
  if (access.kind === "token" && url.protocol === "http:" && !loopback.test(url.hostname)) {
    throw new BucketError(
      "configuration",
      "authenticated requests are not permitted for non TLS protected (https) endpoints",
    );
  }
  return url;
}

function addressOf(endpoint: URL, access: AzureAccess, path: string, query: Record<string, string>): URL {
  const url = new URL(`${endpoint.origin}${trimRight(endpoint.pathname, "/")}${path}`);
  const sas = new URLSearchParams(access.kind === "sas" ? access.query.replace(/^\?/, "") : "");
  for (const [name, value] of sas) url.searchParams.append(name, value);
  for (const [name, value] of endpoint.searchParams) if (!sas.has(name)) url.searchParams.append(name, value);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

async function authorization(
  access: AzureAccess,
  url: URL,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  if (access.kind === "token") return { authorization: `Bearer ${(await access.token()).value}` };
  if (access.kind !== "sharedKey") return {};
  return { authorization: signAzureStorageRequest({ method: "GET", url, headers }, access.account) };
}

// Lists leave out the quotes that the header has: with them in both, a list tells whether anything changed.
function quoted(etag: string): string {
  return etag === "" || /^(?:W\/)?"/.test(etag) ? etag : `"${etag}"`;
}

function objectOf(blob: Parameters<typeof childText>[0]): BucketObject {
  const etag = childText(blob, "Properties", "Etag") ?? childText(blob, "Properties", "ETag") ?? "";
  return { key: childText(blob, "Name") ?? "", etag: quoted(etag) };
}

async function failureOf(response: HttpResponse): Promise<{ code: string; error: BucketError }> {
  const text = await response.text().catch(() => "");
  let [code, message] = [response.headers["x-ms-error-code"] ?? "", ""];
  try {
    const root = parseXml(text);
    code ||= childText(root, "Code") ?? "";
    // The first line: what follows it is the request's id and time, different each time.
    message = (childText(root, "Message") ?? "").split("\n", 1)[0] ?? "";
  } catch {
    // The status and the code of the header say enough.
  }
  const words = [code, message].filter((part) => part !== "").join(": ");
  return { code, error: refusal(response.status, words) };
}

function rethrow(error: unknown): never {
  throw exchangeFailure(error);
}
