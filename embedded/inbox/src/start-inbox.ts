import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock, type Clock } from "@eddy/core/clock";
import { showMessage, type InboxMessage } from "./message.ts";
import { contentPolicy, formatMessages, formatPage } from "./page.ts";

/** What a service answers. */
export interface InboxAnswer {
  /** Default 200. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a text; default `{"ok":true}`, and `[]` to a GET. */
  body?: unknown;
}

/** Options of {@link startInbox}. */
export interface InboxOptions {
  /** Default 0: a free one. */
  port?: number;
  /** How it answers: by default as a service that takes everything. Undefined for the default. */
  answer?: (message: InboxMessage) => InboxAnswer | undefined | Promise<InboxAnswer | undefined>;
  clock?: Clock;
}

/** Stands in for every service that notifications are sent to. */
export interface Inbox {
  /** Without a trailing slash; any path below is a service. */
  readonly url: string;
  readonly port: number;
  /** What was caught, oldest first; the last 1,000. */
  messages(): readonly InboxMessage[];
  /** Resolves with the messages that match once there are so many; looks at those that are there already, too. */
  received(count: number, matches?: (message: InboxMessage) => boolean): Promise<readonly InboxMessage[]>;
  clear(): void;
  stop(): Promise<void>;
}

const maxMessages = 1_000;
const maxBodyBytes = 4 * 1024 * 1024;

/** Listens on 127.0.0.1. `GET /` is a page for people, `GET /messages` the same as JSON: newest first, without credentials. */
export async function startInbox({ port = 0, answer, clock = systemClock }: InboxOptions = {}): Promise<Inbox> {
  let caught: InboxMessage[] = [];
  let total = 0;
  const listeners = new Set<() => void>();
  const take = (request: IncomingMessage, body: string): InboxMessage => {
    const { method = "GET", url: path = "/", headers } = request;
    const message = { number: ++total, atMs: clock.now(), method, path, headers, body };
    caught = [...caught.slice(-maxMessages + 1), message];
    for (const look of listeners) look();
    return message;
  };
  const respond = async (request: IncomingMessage): Promise<InboxAnswer> => {
    const own = request.method === "GET" ? ownPage(request.url ?? "", caught) : undefined;
    if (own) return own;
    const body = await readBody(request);
    if (body === undefined) return { status: 413, body: "" };
    const message = take(request, body);
    return (await answer?.(message)) ?? { body: message.method === "GET" ? [] : { ok: true } };
  };
  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url === "/follow") return follow(response, listeners);
    respond(request).then(
      ({ status = 200, headers = {}, body = { ok: true } }) => {
        const isText = typeof body === "string";
        const type = isText ? "text/plain; charset=utf-8" : "application/json";
        response.writeHead(status, { "content-type": type, ...headers }).end(isText ? body : JSON.stringify(body));
      },
      () => void response.writeHead(400).end(),
    );
  });
  await listen(server, port);
  const at = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${at}`,
    port: at,
    messages: () => caught,
    received: (count, matches = () => true) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = caught.filter(matches);
          if (found.length < count) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    clear() {
      caught = [];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the inbox itself answers, and does not catch. */
function ownPage(path: string, caught: readonly InboxMessage[]): InboxAnswer | undefined {
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": contentPolicy };
  if (path === "/messages") return { body: caught.toReversed().map(showMessage) };
  if (path === "/") return { headers, body: formatPage(caught) };
  return path === "/fragment" ? { headers, body: formatMessages(caught) } : undefined;
}

/** Tells a page of each message from now on. */
function follow(response: ServerResponse, listeners: Set<() => void>): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("retry: 1000\n\n");
  const tell = (): void => void response.write("data: new\n\n");
  listeners.add(tell);
  response.on("close", () => listeners.delete(tell));
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
