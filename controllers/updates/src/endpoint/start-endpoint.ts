import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { messageOf } from "@eddy/core/errors";
import { limitLines } from "@eddy/core/log";
import { listen, readBody, type Listening, type ListenOptions } from "@eddy/runtime/http-server";
import { isRoute, route, type RoutePorts } from "./route.ts";

const maxBodyBytes = 1024 * 1024;
const maxHeaderBytes = 64 * 1024;
const readTimeoutMs = 10_000;

/**
 * Where webhooks, votes and chats come in, at Keel's paths. 404 before anything is read for a path that is nobody's, 413 beyond 1 MiB, 500 for what is our fault. Refusals
 * are logged once a second.
 */
export async function startEndpoint(at: ListenOptions, given: RoutePorts): Promise<Listening> {
  const ports = { ...given, logger: limitLines(given.logger, given) };
  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, requestTimeout: readTimeoutMs, headersTimeout: readTimeoutMs },
    (request, response) => {
      answer(request, response, ports).catch((error: unknown) => {
        ports.logger.log("error", "answer a call failed", { error: messageOf(error) });
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end();
      });
    },
  );
  return listen(server, at);
}

async function answer(request: IncomingMessage, response: ServerResponse, ports: RoutePorts): Promise<void> {
  const { method = "GET", url = "/", headers } = request;
  if (!isRoute(url)) return void response.writeHead(404).end();
  const body = await readBody(request, maxBodyBytes);
  if (!body) return void response.writeHead(413, { connection: "close" }).end();
  const { status, type, body: text } = await route({ method, url, headers, body, proof: "" }, ports);
  // Tokens stand in addresses of pages: they are nobody else's.
  const safety = { "cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff" };
  const page = {
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  };
  response.writeHead(status, {
    ...safety,
    ...(type?.startsWith("text/html") ? page : {}),
    ...(type ? { "content-type": type } : {}),
  });
  response.end(text);
}
