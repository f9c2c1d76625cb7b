import { systemClock, type Clock } from "@eddy/core/clock";
import type { RawData, WebSocket } from "ws";
import { createAgents } from "../agents.ts";
import { connectionError } from "../connection-error.ts";
import { startDeadline } from "../deadline.ts";
import { HttpError } from "../errors.ts";
import type { HttpClientOptions } from "../http-client.ts";
import { kindOfStatus } from "../status-error.ts";
import { createMessageQueue } from "./message-queue.ts";

/** Options of {@link openWebSocket}: trust and proxies as for any request. */
export interface WebSocketOptions extends HttpClientOptions {
  /** The longest message taken. Default 1 MiB. */
  readonly maxBytes?: number;
  /** After so long without a word the server is asked whether it is there, and given up after twice as long. Default 30,000. */
  readonly silenceMs?: number;
  /** Until the connection stands. Default 30,000. */
  readonly timeoutMs?: number;
  /** Gives up connecting; its reason is what is thrown. */
  readonly signal?: AbortSignal;
}

/** A connection on which text goes both ways. */
export interface WebSocketConnection {
  /**
   * Messages as they come; ends when the server or {@link WebSocketConnection.close} ends it. Once. While messages are left lying the
   * server is made to wait.
   * @throws HttpError unreachable (broken off), timeout (silence), protocol, tooLarge
   */
  readonly messages: AsyncIterable<string>;
  /** Sends one message; nothing once the connection has ended. */
  send(text: string): void;
  /** Says goodbye and ends it. */
  close(): void;
}

/** How long the other side has to say goodbye, too. */
const farewellMs = 500;

/**
 * Opens a WebSocket (`ws:`, `wss:`) by the same ways, trust and bounds as any request: environment's proxies, no metadata services.
 * @throws HttpError configuration for an address that is none; by status for a server that does not want to; unreachable, tls, timeout
 */
export async function openWebSocket(url: URL, options: WebSocketOptions = {}): Promise<WebSocketConnection> {
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw new HttpError("configuration", "open a WebSocket: the address is no ws or wss URL");
  const { WebSocket: Socket } = await import("ws");
  const target = new URL(url);
  target.protocol = url.protocol === "wss:" ? "https:" : "http:";
  const { clock = systemClock, timeoutMs = 30_000, maxBytes = 1024 * 1024, userAgent = "eddy" } = options;
  const deadline = startDeadline(clock, timeoutMs, options.signal);
  const agents = createAgents({ ...options, maxConnections: 1 });
  try {
    deadline.signal.throwIfAborted();
    const socket = new Socket(url, {
      agent: agents.agentFor(target),
      headers: { "user-agent": userAgent },
      maxPayload: maxBytes,
      perMessageDeflate: false,
    });
    socket.once("close", () => agents.close());
    const connection = connectionOn(socket, target.origin, { clock, silenceMs: options.silenceMs ?? 30_000 });
    await opened(socket, target.origin, deadline.signal);
    return connection;
  } catch (error) {
    agents.close();
    throw error;
  } finally {
    deadline.end();
  }
}

function opened(socket: WebSocket, origin: string, signal: AbortSignal): Promise<void> {
  const doing = `open a WebSocket to ${origin}`;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
      socket.terminate();
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", abort));
    socket.once("open", () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
    socket.once("unexpected-response", (_request, { statusCode = 0 }) => {
      reject(
        new HttpError(kindOfStatus(statusCode), `the server answered ${statusCode}`, { doing, status: statusCode }),
      );
      socket.terminate();
    });
    socket.once("error", (error) => reject(socketError(error, origin)));
  });
}

function connectionOn(
  socket: WebSocket,
  origin: string,
  { clock, silenceMs }: { clock: Clock; silenceMs: number },
): WebSocketConnection {
  const queue = createMessageQueue(socket);
  const fail = (error: unknown): void => {
    queue.end(socketError(error, origin));
    socket.terminate();
  };
  let heardMs = clock.now();
  const listen = (): void => {
    const silentMs = clock.now() - heardMs;
    if (silentMs >= 2 * silenceMs)
      return fail(new HttpError("timeout", "the server is silent", { doing: `hear ${origin}` }));
    if (silentMs >= silenceMs && socket.readyState === socket.OPEN) socket.ping();
    cancel = clock.after(silenceMs, listen);
  };
  let cancel = clock.after(silenceMs, listen);
  const heard = (): void => void (heardMs = clock.now());
  socket.on("ping", heard);
  socket.on("pong", heard);
  socket.on("message", (data: RawData, isBinary: boolean) => {
    heard();
    if (isBinary) return fail(new HttpError("protocol", "the server sent bytes, want text", { doing }));
    queue.add(data.toString());
  });
  socket.on("error", fail);
  socket.once("close", (code) => {
    cancel();
    // 1006: there was no goodbye.
    const isCut = code === 1006 && !isClosing;
    queue.end(isCut ? new HttpError("unreachable", "the connection was broken off", { doing }) : undefined);
  });
  const doing = `hear ${origin}`;
  let isClosing = false;
  return {
    messages: queue.messages,
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close() {
      if (isClosing) return;
      isClosing = true;
      cancel();
      queue.end();
      socket.close(1000);
      cancel = clock.after(farewellMs, () => socket.terminate());
    },
  };
}

function socketError(error: unknown, origin: string): Error {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const doing = `read a WebSocket of ${origin}`;
  if (/^WS_ERR_UNSUPPORTED_\w+_LENGTH$/.test(code))
    return new HttpError("tooLarge", "a message is too long", { doing });
  // What ws says of a handshake that makes no sense has no code.
  if (code.startsWith("WS_ERR_") || /^(?:Invalid|Server sent) /.test(message))
    return new HttpError("protocol", message, { doing, cause: error });
  return connectionError(error, origin);
}
