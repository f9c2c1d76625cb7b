import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock, type Clock } from "@eddy/core/clock";
import { showMessage, type InboxMessage } from "./message.ts";

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

/** Listens on 127.0.0.1. `GET /` and `GET /messages` list what was caught as JSON, newest first and without credentials. */
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
    if (request.method === "GET" && (request.url === "/" || request.url === "/messages"))
      return { body: caught.toReversed().map(showMessage) };
    const body = await readBody(request);
    if (body === undefined) return { status: 413, body: "" };
    const message = take(request, body);
    return (await answer?.(message)) ?? { body: message.method === "GET" ? [] : { ok: true } };
  };
  const server = createServer((request, response) => {
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
