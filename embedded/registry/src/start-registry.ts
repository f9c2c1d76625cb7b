import http, { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { EddyError } from "@eddy/core/errors";
import { createGate, type Gate } from "./authorize.ts";
import { answerBlob } from "./blobs.ts";
import { createContent } from "./content.ts";
import { send, sendJson, unsupported, type Exchange } from "./exchange.ts";
import { answerCatalog, answerReferrers, answerTags } from "./listings.ts";
import { answerManifest, storeManifest } from "./manifests.ts";
import { createNotifier } from "./notifier.ts";
import type { Registry, RegistryAnswer, RegistryOptions, RegistryRequest } from "./registry.ts";
import { Refusal } from "./registry-error.ts";
import { parseRoute, type Route } from "./route.ts";
import { createUploads, type Uploads } from "./uploads.ts";

const maxLoggedRequests = 100_000;

/**
 * Starts the registry, empty, and resolves when it listens.
 * @throws EddyError REGISTRY_OPEN (terminal) for an address beyond loopback without credentials.
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const address = options.host ?? "127.0.0.1";
  if (!options.auth && !["127.0.0.1", "::1", "localhost"].includes(address)) {
    throw new EddyError("REGISTRY_OPEN", `start registry: ${address} is not a loopback address, want credentials`, {
      class: "terminal",
    });
  }
  const requests: RegistryRequest[] = [];
  const content = createContent();
  const uploads = createUploads();
  let host = "";
  const origin = (): string => `${options.tls ? "https" : "http"}://${host}`;
  const notifier = createNotifier(options, () => host);
  const gate = createGate(options, origin);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    log(requests, request, response);
    const instead = options.intercept?.(describe(request));
    if (instead) return answerInstead(request, response, instead);
    const url = new URL(request.url ?? "/", origin());
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
    const exchange: Exchange = { request, response, url, method, content, notifier, options };
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    try {
      await answerRoute(exchange, gate, uploads);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What is left of a body that was refused half way is not read.
      const headers = { "content-type": "application/json; charset=utf-8", ...error.headers };
      send(exchange, error.status, request.complete ? headers : { ...headers, connection: "close" }, error.body());
    }
  };
  const server = await listen(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
    address,
    options,
  );
  host = `${address.includes(":") ? `[${address}]` : address}:${(server.address() as AddressInfo).port}`;

  return {
    url: origin(),
    host,
    requests: () => requests,
    events: () => notifier.events(),
    putBlob: (repository, bytes) => content.addBlob(repository, Buffer.from(bytes)),
    putManifest: (repository, { mediaType, bytes }, tag) =>
      storeManifest(
        { content, notifier, url: new URL(origin()) },
        repository,
        { mediaType, bytes: Buffer.from(bytes) },
        tag,
      ),
    tags: (repository) => [...(content.find(repository)?.tags.keys() ?? [])].sort(),
    delivered: () => notifier.delivered(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function log(requests: RegistryRequest[], request: IncomingMessage, response: ServerResponse): void {
  const index = requests.push(describe(request)) - 1;
  if (requests.length > maxLoggedRequests) return void requests.pop();
  response.once("close", () => {
    requests[index] = { ...describe(request), status: response.statusCode };
  });
}

function describe(request: IncomingMessage): RegistryRequest {
  return { method: request.method ?? "GET", url: request.url ?? "/", headers: request.headers };
}

function answerInstead(request: IncomingMessage, response: ServerResponse, answer: RegistryAnswer): void {
  if (answer.hangUp) return void response.destroy();
  const body = answer.body ?? "";
  const length = Buffer.byteLength(body);
  response.writeHead(answer.status, { "content-length": answer.stall ? length + 1024 : length, ...answer.headers });
  if (request.method === "HEAD") return void response.end();
  response.write(body);
  if (!answer.stall) response.end();
}

async function answerRoute(exchange: Exchange, gate: Gate, uploads: Uploads): Promise<void> {
  const route = parseRoute(exchange.url.pathname);
  if (!route) return sendJson(exchange, 404, { errors: [] });
  gate.check(exchange, route);
  await routes[route.kind](exchange, route as never, gate, uploads);
}

type Answer<K extends Route["kind"]> = (
  exchange: Exchange,
  route: Extract<Route, { kind: K }>,
  gate: Gate,
  uploads: Uploads,
) => void | Promise<void>;

const routes: { readonly [K in Route["kind"]]: Answer<K> } = {
  base: (exchange) => (exchange.method === "GET" ? sendJson(exchange, 200, {}) : unsupported()),
  token: (exchange, _, gate) => gate.answerToken(exchange),
  catalog: (exchange) => answerCatalog(exchange),
  tags: (exchange, { name }) => answerTags(exchange, name),
  manifest: (exchange, { name, reference }) => answerManifest(exchange, name, reference),
  blob: (exchange, { name, digest }) => answerBlob(exchange, name, digest),
  uploads: (exchange, { name }, _, uploads) => uploads.begin(exchange, name),
  upload: (exchange, { name, id }, _, uploads) => uploads.answer(exchange, name, id),
  referrers: (exchange, { name, digest }) => answerReferrers(exchange, name, digest),
};

function listen(handler: RequestListener, host: string, options: RegistryOptions): Promise<http.Server | https.Server> {
  const { tls } = options;
  const server = tls
    ? https.createServer(
        {
          cert: tls.cert,
          key: tls.key,
          ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true }),
        },
        handler,
      )
    : http.createServer(handler);
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, () => resolve(server));
  });
}
