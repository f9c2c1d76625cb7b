import { trimRight } from "@eddy/core/trim";
import { createHttpClient, basicAuthorization, type HttpClient, type HttpRequest, type HttpResponse } from "@eddy/http";
import { readAdvertisement, type Advertisement } from "./advertisement.ts";
import { GitError } from "./errors.ts";
import { httpFailure, statusError } from "./http-errors.ts";
import { createPacketReader, type PacketReader } from "./pkt-line.ts";
import type { GitAuth, GitProxy } from "./remote.ts";
import type { GitService, Transport } from "./transport.ts";

const maxRedirects = 5;

/**
 * Smart HTTP. Credentials are sent at once, without waiting to be asked, and only to the origin of `url`: after a
 * redirect to another origin the conversation goes on without them. Source: Git's gitprotocol-http.
 */
export function createHttpTransport(
  url: URL,
  options: { auth: GitAuth; proxy?: GitProxy; maxRefBytes: number; service: GitService },
): Transport {
  const { service } = options;
  const origin = url.origin;
  const client = createClient(origin, options);
  let base = withoutCredentials(url);
  let known: Advertisement | undefined;

  const headersFor = (target: URL): Record<string, string> => ({
    "user-agent": "git/eddy",
    // A push has no second version.
    ...(service === "git-upload-pack" ? { "git-protocol": "version=2" } : {}),
    ...(target.origin === origin ? authorization(options.auth) : {}),
  });

  return {
    async advertisement(signal) {
      if (known?.version === 2) return known;
      const answer = await get(client, base, headersFor, { service, signal });
      const reader = readerOf(answer.response, options.maxRefBytes);
      known = await readAdvertisement(reader, { smartHttp: true });
      await reader.finish();
      base = answer.base;
      return known;
    },
    async send(body, { signal, maxBytes }) {
      const target = new URL(`${base.href}/${service}`);
      const headers = {
        ...headersFor(target),
        "content-type": `application/x-${service}-request`,
        accept: `application/x-${service}-result`,
      };
      try {
        const response = await exchange(client, target, {
          method: "POST",
          // What may have been done already is not sent twice.
          idempotent: service === "git-upload-pack",
          headers,
          body,
          signal,
        });
        if (response.status !== 200) throw await statusError(response, target);
        expectType(response, `application/x-${service}-result`);
        return readerOf(response, maxBytes);
      } catch (error) {
        // The repository may have moved, or the server changed: begin again where the user said.
        known = undefined;
        base = withoutCredentials(url);
        throw error;
      }
    },
    close: () => client.close(),
  };
}

function createClient(origin: string, { auth, proxy }: { auth: GitAuth; proxy?: GitProxy }): HttpClient {
  const { caCert, clientCert, clientKey } = auth;
  try {
    return createHttpClient({
      maxConnections: 4,
      ...(caCert === undefined ? {} : { caCert }),
      ...(clientCert === undefined || clientKey === undefined
        ? {}
        : { identity: { origin, cert: clientCert, key: clientKey } }),
      ...(proxy ? { proxy } : {}),
    });
  } catch (error) {
    throw httpFailure(error);
  }
}

function withoutCredentials(url: URL): URL {
  const base = new URL(trimRight(url.href, "/"));
  base.username = "";
  base.password = "";
  return base;
}

function authorization(auth: GitAuth): Record<string, string> {
  if (auth.bearerToken !== undefined) return { authorization: `Bearer ${auth.bearerToken}` };
  const basic = basicAuthorization(new URL("http://none.invalid"), {
    username: auth.username ?? "",
    password: auth.password ?? "",
  });
  return basic === undefined ? {} : { authorization: basic };
}

/** GET of `info/refs`, following redirects; the answer's base is where later requests go. */
async function get(
  client: HttpClient,
  start: URL,
  headersFor: (target: URL) => Record<string, string>,
  { service, signal }: { service: GitService; signal: AbortSignal },
): Promise<{ response: HttpResponse; base: URL }> {
  let base = start;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const target = new URL(`${base.href}/info/refs?service=${service}`);
    const response = await exchange(client, target, { headers: headersFor(target), signal });
    const { status } = response;
    if (status === 200) {
      expectType(response, `application/x-${service}-advertisement`);
      return { response, base };
    }
    if (![301, 302, 303, 307, 308].includes(status)) throw await statusError(response, target);
    response.discard();
    response.discard();
    base = redirectedBase(target, response.headers["location"]);
  }
  throw new GitError("unreachable", `follow redirects of ${start.href}: more than ${maxRedirects}`);
}

function redirectedBase(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href))
    throw new GitError("protocol", `follow redirect of ${from.href}: no usable location`);
  const target = new URL(location, from);
  const suffix = `/info/refs`;
  if (target.protocol !== "https:" && target.protocol !== from.protocol) {
    throw new GitError(
      "unsafe",
      `follow redirect of ${from.href}: refused to leave https for ${target.protocol.slice(0, -1)}`,
    );
  }
  if (!target.pathname.endsWith(suffix))
    throw new GitError("protocol", `follow redirect of ${from.href}: ${target.pathname} is not a Git repository`);
  return withoutCredentials(new URL(target.origin + target.pathname.slice(0, -suffix.length)));
}

function expectType(response: HttpResponse, wanted: string): void {
  const type = (response.headers["content-type"] ?? "").split(";")[0]?.trim();
  if (type === wanted) return;
  response.discard();
  throw new GitError(
    "not-found",
    `repository not found: the server answers with ${JSON.stringify(type)}, not ${JSON.stringify(wanted)}`,
  );
}

/** The answer, redirects and other statuses too; the caller's signal and the packet reader set the bounds. */
async function exchange(client: HttpClient, url: URL, request: HttpRequest): Promise<HttpResponse> {
  const unbounded = { timeoutMs: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };
  try {
    return await client.request(url, { ...unbounded, maxRedirects: 0, ...request });
  } catch (error) {
    throw httpFailure(error);
  }
}

function readerOf(response: HttpResponse, maxBytes: number): PacketReader {
  return createPacketReader(bytesOf(response), { maxBytes });
}

async function* bytesOf(response: HttpResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* response.body;
  } catch (error) {
    throw httpFailure(error);
  }
}
