import { EddyError, messageOf } from "@eddy/core/errors";

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
  const first = parseUrl(url);
  const authorization = authorizationOf(first);
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 60_000);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  let current = first;
  for (let redirects = 0; redirects <= (options.maxRedirects ?? 10); redirects++) {
    const sent = current.origin === first.origin ? authorization : undefined;
    const response = await request(current, sent, signal);
    const location = isRedirect(response.status) ? response.headers.get("location") : null;
    if (location === null) return await readBody(current, response, options.maxBytes);
    await response.body?.cancel();
    current = parseUrl(location, current);
  }
  throw new FileFetchError(`fetch '${named(first)}': more than ${options.maxRedirects ?? 10} redirects`);
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new FileFetchError(`fetch a file: ${url ? `'${named(url)}'` : "the address"} is no http or https URL`);
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

/** The URL without user and password. */
function bare(url: URL): URL {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  return copy;
}

/** The URL as it may stand in a message: the query can hold a token. */
function named(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

async function request(url: URL, authorization: string | undefined, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(bare(url), {
      redirect: "manual",
      signal,
      headers: authorization === undefined ? {} : { authorization },
    });
  } catch (cause) {
    throw failed(url, cause);
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

async function readBody(url: URL, response: Response, maxBytes: number): Promise<Uint8Array> {
  const { status, statusText, body } = response;
  if (!response.ok) {
    await body?.cancel();
    const what = `${status}${statusText === "" ? "" : ` (${statusText})`}`;
    throw new FileFetchError(`fetch '${named(url)}': HTTP Error: status code ${what}`, { status });
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      length += chunk.length;
      if (length > maxBytes) throw new FileFetchError(`fetch '${named(url)}': it has more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof FileFetchError ? cause : failed(url, cause);
  }
  return Buffer.concat(chunks);
}

function failed(url: URL, cause: unknown): FileFetchError {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  return new FileFetchError(`fetch '${named(url)}': ${messageOf(inner)}`, { cause });
}
