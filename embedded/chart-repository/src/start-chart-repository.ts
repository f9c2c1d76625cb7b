import { createHash, timingSafeEqual } from "node:crypto";
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { EddyError } from "@eddy/core/errors";
import { formatIndex, type ListedChart } from "./format-index.ts";
import { packageChart, type PackagedChart } from "./package-chart.ts";
import type { ChartRepository, ChartRepositoryOptions, ListedAs, RepositoryRequest } from "./repository.ts";

const maxLoggedRequests = 100_000;

interface Stored extends PackagedChart {
  readonly created: string;
  readonly as: ListedAs;
}

/**
 * Starts the repository, empty, and resolves when it listens.
 * @throws EddyError CHART_REPOSITORY_OPEN (terminal) for an address beyond loopback without credentials.
 */
export async function startChartRepository(options: ChartRepositoryOptions = {}): Promise<ChartRepository> {
  const host = options.host ?? "127.0.0.1";
  if (!options.credentials && !["127.0.0.1", "::1", "localhost"].includes(host)) {
    throw new EddyError(
      "CHART_REPOSITORY_OPEN",
      `start chart repository: ${host} is not a loopback address, want credentials`,
      { class: "terminal" },
    );
  }
  const base = (options.path ?? "").replace(/\/+$/, "");
  const now = (): string => new Date(options.now?.() ?? Date.now()).toISOString();
  const charts = new Map<string, Stored>();
  const requests: RepositoryRequest[] = [];
  let generated = now();
  let given: string | undefined;

  const index = (): string => given ?? formatIndex(listed(charts, options), generated);
  const fileAt = (path: string): { bytes: Buffer; type: string } | undefined => {
    if (path === `${base}/index.yaml`) return { bytes: Buffer.from(index()), type: "application/yaml" };
    for (const chart of charts.values())
      if (path === `${base}/${fileNameOf(chart)}`) return { bytes: chart.bytes, type: "application/gzip" };
    return undefined;
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const seen = log(requests, request, response);
    const instead = options.intercept?.(seen);
    if (instead) return void response.writeHead(instead.status, instead.headers).end(instead.body);
    if (!isAllowed(request, options.credentials))
      return end(response, 401, "unauthorized", { "www-authenticate": 'Basic realm="charts"' });
    if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405, "method not allowed");
    const file = fileAt(decodePath(request.url));
    if (!file) return end(response, 404, "404 page not found");
    sendFile(request, response, file, options.etag ?? true);
  };
  const server = await listen(answer, host, options);
  const { port } = server.address() as AddressInfo;

  return {
    url: `${options.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}${base}`,
    add(chart, as = {}) {
      const packaged = packageChart(chart);
      charts.set(`${packaged.name} ${packaged.version}`, { ...packaged, created: now(), as });
      generated = now();
      return { name: packaged.name, version: packaged.version, digest: packaged.digest };
    },
    remove(name, version) {
      charts.delete(`${name} ${version}`);
      generated = now();
    },
    setIndex: (text) => void (given = text),
    index,
    requests: () => requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function fileNameOf({ name, version, as }: Stored): string {
  return as.fileName ?? `${name}-${version}.tgz`;
}

function listed(charts: ReadonlyMap<string, Stored>, { chartUrl }: ChartRepositoryOptions): Map<string, ListedChart[]> {
  const byName = new Map<string, ListedChart[]>();
  for (const chart of charts.values()) {
    const file = fileNameOf(chart);
    const url = chartUrl === undefined ? file : `${chartUrl.replace(/\/+$/, "")}/${file}`;
    const { metadata, created } = chart;
    const entry = { metadata, created, url, digest: chart.as.digest ?? chart.digest };
    byName.set(chart.name, [entry, ...(byName.get(chart.name) ?? [])]);
  }
  return byName;
}

function log(requests: RepositoryRequest[], request: IncomingMessage, response: ServerResponse): RepositoryRequest {
  const { method = "", url = "", headers } = request;
  const seen: { -readonly [K in keyof RepositoryRequest]: RepositoryRequest[K] } = { method, url, headers };
  if (requests.length < maxLoggedRequests) requests.push(seen);
  response.once("finish", () => void (seen.status = response.statusCode));
  return seen;
}

function decodePath(url: string | undefined): string {
  try {
    return decodeURIComponent((url ?? "/").split("?", 1)[0] ?? "");
  } catch {
    return "";
  }
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, type }: { bytes: Buffer; type: string },
  hasEtag: boolean,
): void {
  const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
  if (hasEtag && request.headers["if-none-match"] === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(200, {
    "content-type": type,
    "content-length": bytes.length,
    ...(hasEtag ? { etag } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function end(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "text/plain", ...headers }).end(`${text}\n`);
}

function isAllowed(request: IncomingMessage, credentials: ChartRepositoryOptions["credentials"]): boolean {
  if (!credentials) return true;
  const wanted = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
  const given = request.headers.authorization ?? "";
  return wanted.length === given.length && timingSafeEqual(Buffer.from(wanted), Buffer.from(given));
}

function listen(
  handler: RequestListener,
  host: string,
  { tls, port }: ChartRepositoryOptions,
): Promise<http.Server | https.Server> {
  const trust = tls?.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true };
  const server = tls
    ? https.createServer({ cert: tls.cert, key: tls.key, ...trust }, handler)
    : http.createServer(handler);
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port ?? 0, host, () => resolve(server));
  });
}
