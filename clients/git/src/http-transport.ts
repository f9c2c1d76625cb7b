import type { IncomingMessage } from "node:http";
import { readAdvertisement, type Advertisement } from "./advertisement.ts";
import { GitError } from "./errors.ts";
import { createHttpAgent, type HttpAgent } from "./http-agent.ts";
import { connectionError, statusError } from "./http-errors.ts";
import { createPacketReader, type PacketReader } from "./pkt-line.ts";
import type { GitAuth, GitProxy } from "./remote.ts";
import type { Transport } from "./transport.ts";

const maxRedirects = 5;
const service = "git-upload-pack";

/**
 * Smart HTTP. Credentials are sent at once, without waiting to be asked, and only to the origin of `url`: after a
 * redirect to another origin the conversation goes on without them. Source: Git's gitprotocol-http.
 */
export function createHttpTransport(
  url: URL,
  options: { auth: GitAuth; proxy?: GitProxy; maxRefBytes: number },
): Transport {
  const origin = url.origin;
  const agent = createHttpAgent(origin, options.auth, options.proxy);
  let base = withoutCredentials(url);
  let known: Advertisement | undefined;

  const headersFor = (target: URL): Record<string, string> => ({
    "user-agent": "git/eddy",
    "git-protocol": "version=2",
    ...(target.origin === origin ? authorization(options.auth) : {}),
  });

  return {
    async advertisement(signal) {
      if (known?.version === 2) return known;
      const answer = await get(agent, base, headersFor, signal);
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
        "content-length": String(body.length),
      };
      try {
        const response = await exchange(agent, target, { method: "POST", headers, body, signal });
        if (response.statusCode !== 200) throw await statusError(response, target);
        expectType(response, `application/x-${service}-result`);
        return readerOf(response, maxBytes);
      } catch (error) {
        // The repository may have moved, or the server changed: begin again where the user said.
        known = undefined;
        base = withoutCredentials(url);
        throw error;
      }
    },
    close: () => agent.close(),
  };
}

function withoutCredentials(url: URL): URL {
  const base = new URL(url.href.replace(/\/+$/, ""));
  base.username = "";
  base.password = "";
  return base;
}

function authorization(auth: GitAuth): Record<string, string> {
  if (auth.bearerToken !== undefined) return { authorization: `Bearer ${auth.bearerToken}` };
  if (!auth.username && !auth.password) return {};
  return { authorization: `Basic ${Buffer.from(`${auth.username ?? ""}:${auth.password ?? ""}`).toString("base64")}` };
}

/** GET of `info/refs`, following redirects; the answer's base is where later requests go. */
async function get(
  agent: HttpAgent,
  start: URL,
  headersFor: (target: URL) => Record<string, string>,
  signal: AbortSignal,
): Promise<{ response: IncomingMessage; base: URL }> {
  let base = start;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const target = new URL(`${base.href}/info/refs?service=${service}`);
    const response = await exchange(agent, target, { method: "GET", headers: headersFor(target), signal });
    const status = response.statusCode ?? 0;
    if (status === 200) {
      expectType(response, `application/x-${service}-advertisement`);
      return { response, base };
    }
    if (![301, 302, 303, 307, 308].includes(status)) throw await statusError(response, target);
    response.resume();
    base = redirectedBase(target, response.headers.location);
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

function expectType(response: IncomingMessage, wanted: string): void {
  const type = (response.headers["content-type"] ?? "").split(";")[0]?.trim();
  if (type === wanted) return;
  response.resume();
  throw new GitError(
    "not-found",
    `repository not found: the server answers with ${JSON.stringify(type)}, not ${JSON.stringify(wanted)}`,
  );
}

interface Exchange {
  method: string;
  headers: Record<string, string>;
  body?: Buffer;
  signal: AbortSignal;
}

/** One request; once more when a kept connection turned out to be closed. */
async function exchange(agent: HttpAgent, url: URL, request: Exchange): Promise<IncomingMessage> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchangeOnce(agent, url, request);
    } catch (error) {
      const stale = error instanceof StaleConnection;
      if (stale && attempt < 4) continue;
      throw stale ? connectionError(error.cause, url) : error;
    }
  }
}

class StaleConnection extends Error {}

function exchangeOnce(agent: HttpAgent, url: URL, request: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (request.signal.aborted) return reject(request.signal.reason as Error);
    const outgoing = agent.request(url, request);
    const abort = (): void => void outgoing.destroy(request.signal.reason as Error);
    request.signal.addEventListener("abort", abort, { once: true });
    outgoing.once("close", () => request.signal.removeEventListener("abort", abort));
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      if (request.signal.aborted) reject(request.signal.reason as Error);
      else if (outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE"))
        reject(new StaleConnection("", { cause: error }));
      else reject(connectionError(error, url));
    });
    outgoing.once("response", resolve);
    outgoing.end(request.body);
  });
}

function readerOf(response: IncomingMessage, maxBytes: number): PacketReader {
  return createPacketReader(bytesOf(response), { maxBytes });
}

async function* bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    throw connectionError(error, undefined);
  }
}
