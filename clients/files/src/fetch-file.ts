import { EddyError, messageOf } from "@eddy/core/errors";
import { createHttpClient, isHttpError, type HttpClient, type HttpResponse } from "@eddy/http";

/** How one file is fetched. */
export interface FetchFileOptions {
  /** The longest body, after decompression. */
  maxBytes: number;
  /** From the first request to the last byte. Default 60,000. */
  timeoutMs?: number;
  /** Redirects followed. Default 10. */
  maxRedirects?: number;
  signal?: AbortSignal;
}

/** Why a file cannot be had; `status` where a server answered. The code is `FILE_FETCH_FAILED`, the class `retry`. */
export class FileFetchError extends EddyError {
  override readonly name: string = "FileFetchError";
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super("FILE_FETCH_FAILED", message, { class: "retry", ...("cause" in options ? { cause: options.cause } : {}) });
    this.status = options.status;
  }
}

/**
 * The body behind an `http:` or `https:` URL. A user and password in the URL are sent as basic authentication, to that origin
 * only: a redirect elsewhere gets none.
 * @throws FileFetchError for other schemes, answers outside of 200–299, and what is too long, too slow or redirected too often
 */
export async function fetchFile(url: string, options: FetchFileOptions): Promise<Uint8Array> {
  const target = parseUrl(url);
  const client = createHttpClient();
  try {
    return await readFile(client, target, options);
  } catch (cause) {
    if (cause instanceof FileFetchError) throw cause;
    throw new FileFetchError(`fetch '${named(target)}': ${isHttpError(cause) ? cause.detail : messageOf(cause)}`, {
      cause,
    });
  } finally {
    client.close();
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new FileFetchError(`fetch a file: ${url ? `'${named(url)}'` : "the address"} is no http or https URL`);
}

/** The URL as it may stand in a message: the query can hold a token. */
function named(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

async function readFile(
  client: HttpClient,
  url: URL,
  { maxRedirects = 10, ...limits }: FetchFileOptions,
): Promise<Uint8Array> {
  const response = await client.request(url, { ...limits, maxRedirects });
  if (response.status >= 200 && response.status < 300) return await response.bytes();
  throw refusal(response);
}

function refusal({ status, statusText, url }: HttpResponse): FileFetchError {
  const what = `${status}${statusText === "" ? "" : ` (${statusText})`}`;
  return new FileFetchError(`fetch '${named(url)}': HTTP Error: status code ${what}`, { status });
}
