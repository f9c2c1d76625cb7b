import { createHash, randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { systemClock, type Clock } from "@eddy/core/clock";
import { createAgents, type Agents } from "../agents.ts";
import { connectionError } from "../connection-error.ts";
import { startDeadline } from "../deadline.ts";
import { HttpError } from "../errors.ts";
import type { HttpClientOptions } from "../http-client.ts";
import { kindOfStatus } from "../status-error.ts";
import { createFrameReader, formatFrame, type FrameForm } from "./frames.ts";

/** Options of {@link openWebSocket}: trust and proxies as for any request. */
export interface WebSocketOptions extends HttpClientOptions {
  /** The longest message taken. Default 1 MiB. */
  readonly maxBytes?: number;
  /** After so long without a byte the server is asked whether it is there, and given up after twice as long. Default 30,000. */
  readonly silenceMs?: number;
  /** Until the connection stands. Default 30,000. */
  readonly timeoutMs?: number;
  /** Gives up connecting; its reason is what is thrown. */
  readonly signal?: AbortSignal;
}

/** A connection on which text goes both ways. */
export interface WebSocketConnection {
  /**
   * Messages as they come; ends when the server or {@link WebSocketConnection.close} ends it. Once. Nothing is heard, and no silence
   * noticed, while a message is worked on: work is to be begun, not waited for.
   * @throws HttpError unreachable (broken off), timeout (silence), protocol, tooLarge
   */
  readonly messages: AsyncIterable<string>;
  /** Sends one message; nothing once the connection has ended. */
  send(text: string): void;
  /** Says goodbye and ends it. */
  close(): void;
}

const acceptKey = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const normalClosure = Buffer.from([0x03, 0xe8]);

/**
 * Opens a WebSocket (`ws:`, `wss:`) by the same ways, trust and bounds as any request: environment's proxies, no metadata services.
 * Node's own takes messages of 128 MiB, passes by our proxies, and does not notice when the other side is gone.
 * @throws HttpError configuration for an address that is none; by status for a server that does not want to; unreachable, tls, timeout
 * Source: RFC 6455.
 */
export async function openWebSocket(url: URL, options: WebSocketOptions = {}): Promise<WebSocketConnection> {
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw new HttpError("configuration", "open a WebSocket: the address is no ws or wss URL");
  const target = new URL(url);
  target.protocol = url.protocol === "wss:" ? "https:" : "http:";
  const agents = createAgents({ ...options, maxConnections: 1 });
  const { clock = systemClock, timeoutMs = 30_000, userAgent = "eddy" } = options;
  const deadline = startDeadline(clock, timeoutMs, options.signal);
  try {
    const { socket, head } = await upgrade(agents, target, userAgent, deadline.signal);
    return connectionOn(socket, head, target.origin, { ...options, clock, end: () => agents.close() });
  } catch (error) {
    agents.close();
    throw error;
  } finally {
    deadline.end();
  }
}

interface Upgraded {
  readonly socket: Duplex;
  /** What came behind the answer's head. */
  readonly head: Buffer;
}

function upgrade(agents: Agents, url: URL, userAgent: string, signal: AbortSignal): Promise<Upgraded> {
  const key = randomBytes(16).toString("base64");
  const doing = `open a WebSocket to ${url.origin}`;
  return new Promise((resolve, reject) => {
    const headers = {
      "user-agent": userAgent,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": key,
    };
    const request = agents.start(url, { method: "GET", headers });
    const abort = (): void => void request.destroy(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    request.once("close", () => signal.removeEventListener("abort", abort));
    request.once("error", (error) =>
      reject(signal.aborted ? (signal.reason as Error) : connectionError(error, url.origin)),
    );
    request.once("response", (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      reject(new HttpError(kindOfStatus(status), `the server answered ${status}`, { doing, status }));
    });
    request.once("upgrade", (response, socket, head) => {
      signal.removeEventListener("abort", abort);
      if (response.headers["sec-websocket-accept"] === acceptOf(key)) return resolve({ socket, head });
      socket.destroy();
      reject(new HttpError("protocol", "the server's answer is none to our key", { doing }));
    });
    request.end();
  });
}

function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}${acceptKey}`).digest("base64");
}

interface ConnectionOptions extends WebSocketOptions {
  readonly clock: Clock;
  end(): void;
}

function connectionOn(
  socket: Duplex,
  head: Buffer,
  origin: string,
  { clock, maxBytes = 1024 * 1024, silenceMs = 30_000, end }: ConnectionOptions,
): WebSocketConnection {
  let [isOpen, heardMs] = [true, clock.now()];
  const send = (form: FrameForm, payload: Uint8Array): void => {
    if (isOpen && !socket.destroyed) socket.write(formatFrame(form, payload, randomBytes(4)));
  };
  const lose = (error: HttpError): void => void socket.destroy(error);
  const listen = (): void => {
    const silentMs = clock.now() - heardMs;
    if (silentMs >= 2 * silenceMs)
      return lose(new HttpError("timeout", "the server is silent", { doing: `hear ${origin}` }));
    if (silentMs >= silenceMs) send("ping", new Uint8Array());
    cancel = clock.after(silenceMs, listen);
  };
  let cancel = clock.after(silenceMs, listen);
  const finish = (goodbye: Uint8Array = new Uint8Array()): void => {
    if (!isOpen) return;
    isOpen = false;
    cancel();
    socket.end(goodbye, () => {
      socket.destroy();
      end();
    });
  };
  const close = (payload: Uint8Array): void => finish(formatFrame("close", payload, randomBytes(4)));
  // The agent's own time limits are about requests.
  if ("setTimeout" in socket && typeof socket.setTimeout === "function") socket.setTimeout(0);
  socket.on("error", () => undefined);
  const reader = createFrameReader({ maxBytes });
  const texts = function* (chunk: Uint8Array): Generator<string> {
    heardMs = clock.now();
    for (const { form, payload } of reader.push(chunk)) {
      if (form === "ping") send("pong", payload);
      if (form === "close") return close(payload.subarray(0, 2));
      if (form === "text") yield decodeText(payload);
      if (form === "binary")
        throw new HttpError("protocol", "the server sent bytes, want text", { doing: "read a WebSocket" });
    }
  };
  const messages = async function* (): AsyncGenerator<string> {
    try {
      yield* texts(head);
      for await (const chunk of socket as AsyncIterable<Uint8Array>) {
        yield* texts(chunk);
        if (!isOpen) return;
      }
    } catch (error) {
      if (!isOpen) return;
      throw connectionError(error, origin);
    } finally {
      finish();
    }
  };
  return {
    messages: messages(),
    send: (text) => send("text", Buffer.from(text)),
    close: () => close(normalClosure),
  };
}

function decodeText(payload: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    throw new HttpError("protocol", "a text is not UTF-8", { doing: "read a WebSocket" });
  }
}
