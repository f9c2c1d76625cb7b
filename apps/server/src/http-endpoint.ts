import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { EddyError, messageOf } from "@eddy/core/errors";
import { listen } from "@eddy/runtime/http-server";
import { loopbackUrl, parseListenAddress } from "./address.ts";

/** Answers one request; false: there is nothing at this path. */
export type Handler = (path: URL, request: IncomingMessage, response: ServerResponse) => boolean;

/** Something that listens. */
export interface Endpoint {
  /** Base URL on this machine, without a trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Listens at an address and answers `GET` by a handler.
 * @throws EddyError LISTEN_FAILED (terminal), INVALID_ADDRESS (terminal).
 */
export async function startEndpoint(address: string, handler: Handler): Promise<Endpoint> {
  const at = parseListenAddress(address);
  const server = http.createServer((request, response) => answer(handler, request, response));
  try {
    const { port, stop } = await listen(server, at);
    return { url: loopbackUrl(at, port), stop };
  } catch (error) {
    throw listenFailed(address, error);
  }
}

/** What a refused listen means to a person. */
export function listenFailed(address: string, error: unknown): EddyError {
  return new EddyError("LISTEN_FAILED", `listen at ${JSON.stringify(address)}: ${messageOf(error)}`, {
    class: "terminal",
    cause: error,
    hint: "another process may have the port: choose another one, or port 0 for any",
  });
}

function answer(handler: Handler, request: IncomingMessage, response: ServerResponse): void {
  // The URL's host is whatever the client claims: only the path is of interest.
  const path = URL.canParse(request.url ?? "", "http://local") ? new URL(request.url ?? "", "http://local") : undefined;
  if (request.method !== "GET" && request.method !== "HEAD") return sendText(response, 405, "method not allowed\n");
  if (path === undefined || !handler(path, request, response)) sendText(response, 404, "404 page not found\n");
}

/** Answers with text. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  type: string = "text/plain; charset=utf-8",
): void {
  response.writeHead(status, { "content-type": type }).end(text);
}
