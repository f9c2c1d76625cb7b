import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Slack in process: opens connections of socket mode, and takes what is said. It shares no code with what it is tried with. */
export interface SlackStandIn {
  /** For `slack-api-url`. */
  readonly api: string;
  /** An address for answers, as Slack sends one along with commands and buttons. */
  readonly responseUrl: string;
  /** What `apps.connections.open` answers instead, until it is undefined. */
  refusal: { readonly status: number; readonly body: string; readonly headers?: Record<string, string> } | undefined;
  /** How many messages are wanted later: a second. */
  busy: number;
  /** Tokens by which connections were asked for. */
  readonly asked: readonly string[];
  /** The next connection that nobody took yet. */
  connection(): Promise<SlackConnection>;
  /** The next thing that was said and that nobody took yet. */
  said(): Promise<SlackSaying>;
  stop(): Promise<void>;
}

/** What the bot said, or what was answered to an address. */
export interface SlackSaying {
  readonly path: string;
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One connection, from Slack's side. */
export interface SlackConnection {
  /** Sends a message; an object as JSON. */
  send(message: object | string): void;
  /** The next id that was acknowledged and that nobody took yet. */
  acknowledged(): Promise<string>;
  /** Breaks it off. */
  cut(): void;
  /** Ends it as the protocol has it. */
  end(): void;
  readonly closed: Promise<void>;
}

/** Starts it on a free port of this machine. */
export async function startSlackStandIn(appToken: string): Promise<SlackStandIn> {
  const sockets = new Set<Duplex>();
  const asked: string[] = [];
  const [connections, sayings] = [queue<SlackConnection>(), queue<SlackSaying>()];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? "";
      const token = request.headers.authorization ?? "";
      if (path === "/api/apps.connections.open") {
        asked.push(token);
        const { status, body: text, headers = {} } = standIn.refusal ?? opened(token === `Bearer ${appToken}`);
        return void response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
      }
      if (path === "/api/chat.postMessage" && standIn.busy > 0) {
        standIn.busy--;
        return void response.writeHead(429, { "retry-after": "1" }).end('{"ok":false,"error":"ratelimited"}');
      }
      sayings.add({ path, token, body: JSON.parse(body) as Record<string, unknown> });
      response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
    });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    connections.add(accept(request, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const opened = (isKnown: boolean): { status: number; body: string; headers?: Record<string, string> } => ({
    status: 200,
    body: JSON.stringify(
      isKnown ? { ok: true, url: `ws://127.0.0.1:${port}/link/?ticket=t` } : { ok: false, error: "invalid_auth" },
    ),
  });
  const standIn: SlackStandIn = {
    api: `http://127.0.0.1:${port}/api`,
    responseUrl: `http://127.0.0.1:${port}/answer`,
    refusal: undefined,
    busy: 0,
    asked,
    connection: () => connections.take(),
    said: () => sayings.take(),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

const goodbye = Buffer.from([0x88, 2, 0x03, 0xe8]);

function accept(request: IncomingMessage, socket: Duplex): SlackConnection {
  const key = String(request.headers["sec-websocket-key"]);
  const proof = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof}\r\n\r\n`,
  );
  const acknowledged = queue<string>();
  const closed = Promise.withResolvers<void>();
  socket.on("close", () => closed.resolve());
  // Servers of HTTP keep their half open.
  socket.on("end", () => socket.end());
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let text = takeFrame(); text !== undefined; text = takeFrame())
      if (text !== "") acknowledged.add((JSON.parse(text) as { envelope_id: string }).envelope_id);
  });
  // All that a client says here is short, and under a mask.
  const takeFrame = (): string | undefined => {
    const length = (bytes[1] ?? 0) & 0x7f;
    if (bytes.length < 6 + length) return undefined;
    const [opcode, mask] = [(bytes[0] ?? 0) & 0x0f, bytes.subarray(2, 6)];
    const text = Buffer.from(bytes.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
    bytes = bytes.subarray(6 + length);
    if (opcode === 8) socket.end(goodbye);
    return opcode === 1 ? text.toString("utf8") : "";
  };
  return {
    send(message) {
      const payload = Buffer.from(typeof message === "string" ? message : JSON.stringify(message));
      const head = Buffer.alloc(10);
      head[0] = 0x81;
      head[1] = 127;
      head.writeBigUInt64BE(BigInt(payload.length), 2);
      socket.write(Buffer.concat([head, payload]));
    },
    acknowledged: () => acknowledged.take(),
    cut: () => void socket.destroy(),
    end: () => void socket.write(goodbye),
    closed: closed.promise,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString("utf8");
}

/** First come, first taken; who comes before there is something waits. */
function queue<T>(): { add(value: T): void; take(): Promise<T> } {
  const values: T[] = [];
  const takers: ((value: T) => void)[] = [];
  return {
    add(value) {
      const taker = takers.shift();
      if (taker) taker(value);
      else values.push(value);
    },
    take: () =>
      values.length > 0 ? Promise.resolve(values.shift() as T) : new Promise((resolve) => void takers.push(resolve)),
  };
}
