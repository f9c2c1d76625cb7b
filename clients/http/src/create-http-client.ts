import type { IncomingMessage } from "node:http";
import { systemClock } from "@eddy/core/clock";
import { createAgents, type Agents } from "./agents.ts";
import { basicAuthorization, withoutUserInfo } from "./authorization.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import { HttpError } from "./errors.ts";
import { exchange, type Exchange } from "./exchange.ts";
import type { HttpClient, HttpClientOptions, HttpHeaders, HttpRequest, HttpResponse } from "./http-client.ts";
import { acceptedCoding, discardBody, readBody } from "./read-body.ts";
import { redirectOf } from "./redirect.ts";

const defaultMaxBytes = 16 * 1024 * 1024;
const defaultTimeoutMs = 60_000;
const defaultMaxRedirects = 10;
const repeatable: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
const credentialNames: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/**
 * A client with its own connections.
 * @throws HttpError configuration for a proxy address that cannot be used
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const agents = createAgents(options);
  const { userAgent = "eddy", clock = systemClock } = options;
  return {
    async request(url, request = {}) {
      const first = parseUrl(url);
      const deadline = startDeadline(clock, request.timeoutMs ?? defaultTimeoutMs, request.signal);
      try {
        return await follow(agents, first, headersFor(first, { "user-agent": userAgent }, request), request, deadline);
      } catch (error) {
        deadline.end();
        throw error;
      }
    },
    close: () => agents.close(),
  };
}

function parseUrl(url: URL | string): URL {
  const parsed = typeof url !== "string" ? url : URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") return parsed;
  throw new HttpError("configuration", "send a request: the address is no http or https URL");
}

/** The headers of a request to `target`, in a conversation that began at `first`. */
function headersFor(first: URL, base: HttpHeaders, request: HttpRequest): (target: URL) => Record<string, string> {
  const coding = request.decompress === false ? "identity" : acceptedCoding;
  const all = { ...base, "accept-encoding": coding, ...lowered(request.headers) };
  const open = Object.fromEntries(Object.entries(all).filter(([name]) => !credentialNames.has(name)));
  const authorization = basicAuthorization(first);
  const own = { ...(authorization === undefined ? {} : { authorization }), ...all, ...lowered(request.credentials) };
  return (target) => ({ ...(target.origin === first.origin ? own : open) });
}

function lowered(headers: HttpHeaders = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function follow(
  agents: Agents,
  first: URL,
  headers: (target: URL) => Record<string, string>,
  request: HttpRequest,
  deadline: Deadline,
): Promise<HttpResponse> {
  const maxRedirects = request.maxRedirects ?? defaultMaxRedirects;
  let [target, method, body] = [withoutUserInfo(first), request.method ?? "GET", request.body];
  for (let hops = 0; ; hops++) {
    const idempotent = request.idempotent ?? repeatable.has(method);
    const sent: Exchange = { method, body, idempotent, headers: withLength(headers(target), body) };
    const message = await exchange(agents, target, sent, deadline.signal);
    const answer = { status: message.statusCode ?? 0, location: message.headers.location };
    const next = maxRedirects === 0 ? undefined : redirectOf(target, method, answer);
    if (!next) return responseOf(message, { target, method, request, deadline });
    discardBody(message);
    if (hops >= maxRedirects)
      throw new HttpError("redirect", `more than ${maxRedirects} redirects`, { doing: `follow ${first.origin}` });
    if (!next.keepsBody) [method, body] = ["GET", undefined];
    target = withoutUserInfo(next.url);
  }
}

function withLength(headers: Record<string, string>, body: Exchange["body"]): Record<string, string> {
  if (body !== undefined) return { ...headers, "content-length": String(Buffer.byteLength(body)) };
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "content-type"));
}

function responseOf(
  message: IncomingMessage,
  { target, method, request, deadline }: { target: URL; method: string; request: HttpRequest; deadline: Deadline },
): HttpResponse {
  const status = message.statusCode ?? 0;
  const isEmpty = method === "HEAD" || status === 204 || status === 304;
  message.once("close", () => deadline.end());
  const body = readBody(message, {
    maxBytes: request.maxBytes ?? defaultMaxBytes,
    decompress: !isEmpty && request.decompress !== false,
    signal: deadline.signal,
    origin: target.origin,
  });
  if (isEmpty) message.resume();
  const bytes = async (): Promise<Uint8Array> =>
    isEmpty ? new Uint8Array() : Buffer.concat(await Array.fromAsync(body));
  return {
    status,
    statusText: message.statusMessage ?? "",
    headers: headersOf(message),
    url: target,
    body: isEmpty ? nothing() : body,
    bytes,
    text: async () => new TextDecoder().decode(await bytes()),
    discard: () => discardBody(message),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function headersOf({ headers }: IncomingMessage): HttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}
