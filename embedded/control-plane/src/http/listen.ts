/** HTTPS on a socket. HTTP/1.1 with keep-alive is enough for every client tried. */
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { gunzip } from "node:zlib";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Cancel } from "@eddy/core/clock";
import { jsonResponse, type ApiResponse, type StreamSink } from "./api-request.ts";
import { StatusError } from "../status-error.ts";
import type { IncomingRequest } from "./serve.ts";

/** Largest request body, as the original limits it. */
export const maxBodyBytes: number = 3 << 20;
/** A watcher that has this much unread is cut; it lists and watches again. */
/** How long a client may take to read the end of its streams when the server stops. */
const graceMs = 250;
const maxUnsentBytes = 64 << 20;

export interface ListenOptions {
  host: string;
  port: number;
  cert: string;
  key: string;
  /** Client certificates signed by this authority are believed. */
  ca: string;
  serve(request: IncomingRequest): Promise<ApiResponse>;
}

/** A listening socket. */
export interface Listening {
  port: number;
  close(): Promise<void>;
}

/** Listens. @throws EddyError LISTEN_FAILED (terminal), e.g. when the port is taken. */
export function listen(options: ListenOptions): Promise<Listening> {
  const stopping = new AbortController();
  const sockets = new Set<Socket>();
  const server: Server = createServer(
    {
      cert: options.cert,
      key: options.key,
      ca: options.ca,
      requestCert: true,
      rejectUnauthorized: false,
      keepAliveTimeout: 300_000,
      requestTimeout: 0,
      headersTimeout: 60_000,
      minVersion: "TLSv1.2",
    },
    (message, response) => {
      void answer(message, response, options.serve, stopping.signal);
    },
  );
  const track = (socket: Socket): void => {
    if (stopping.signal.aborted) return void socket.destroy();
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("secureConnection", track);
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new EddyError("LISTEN_FAILED", `listen on ${options.host}:${options.port}: ${messageOf(error)}`, {
          class: "terminal",
          cause: error,
        }),
      ),
    );
    server.listen(options.port, options.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, close: () => close(server, sockets, stopping) });
    });
  });
}

/** Ends streams, lets their last bytes out, then closes; a client that does not read is cut. */
async function close(server: Server, sockets: Set<Socket>, stopping: AbortController): Promise<void> {
  stopping.abort();
  // `server.close` destroys connections whose answer is ended but not yet written, so it comes last.
  await new Promise((resolve) => setImmediate(resolve));
  const closing = [...sockets].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
  for (const socket of sockets) socket.destroySoon();
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
  await Promise.all(closing);
  clearTimeout(cut);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  serve: ListenOptions["serve"],
  stopping: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const body = await readBody(message);
    send(
      await serve(toRequest(message, body, AbortSignal.any([gone.signal, stopping]))),
      message,
      response,
      gone.signal,
      stopping,
    );
  } catch (error) {
    if (response.destroyed) return;
    const status = error instanceof StatusError ? error : new StatusError(500, "InternalError", messageOf(error));
    send(jsonResponse(status.httpStatus, status.toStatus()), message, response, gone.signal, stopping);
  }
}

function toRequest(message: IncomingMessage, body: Uint8Array, signal: AbortSignal): IncomingRequest {
  const url = message.url ?? "/";
  const at = url.indexOf("?");
  const headerPairs: [string, string][] = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2)
    headerPairs.push([message.rawHeaders[index] ?? "", message.rawHeaders[index + 1] ?? ""]);
  return {
    method: message.method ?? "GET",
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? "" : url.slice(at + 1)),
    headers: message.headers as Record<string, string | undefined>,
    headerPairs,
    body,
    signal,
    certificate: certificateOf(message.socket as TLSSocket),
  };
}

/** The subject of a certificate that our authority signed. */
function certificateOf(socket: TLSSocket): IncomingRequest["certificate"] {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  if (subject?.CN === undefined) return undefined;
  const organizations = subject.O;
  const commonName = Array.isArray(subject.CN) ? (subject.CN[0] ?? "") : subject.CN;
  return {
    commonName,
    organizations: organizations === undefined ? [] : Array.isArray(organizations) ? organizations : [organizations],
  };
}

const tooLarge = (): StatusError =>
  new StatusError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${maxBodyBytes}`);

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const body = await readBytes(message);
  return message.headers["content-encoding"] === "gzip" ? unzip(body) : body;
}

/** The body; one that is too large is read to its end and dropped, as who still sends would never read the answer. */
function readBytes(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBodyBytes) return void chunks.push(chunk);
      chunks.length = 0;
      reject(tooLarge());
    });
    message.on("end", () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
    message.on("error", reject);
  });
}

function unzip(body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: maxBodyBytes }, (error, result) => (error ? reject(tooLarge()) : resolve(result)));
  });
}

function send(
  answered: ApiResponse,
  message: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
  stopping: AbortSignal,
): void {
  if (response.destroyed) return;
  if (!answered.stream) {
    const { body } = answered;
    const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    response.writeHead(answered.status, { ...answered.headers, "content-length": bytes });
    response.end(message.method === "HEAD" ? undefined : body);
    return;
  }
  response.writeHead(answered.status, answered.headers);
  // A watcher waits for the headers before it trusts the stream.
  response.flushHeaders();
  stream(answered.stream, response, gone, stopping);
}

function stream(
  start: (sink: StreamSink) => Cancel,
  response: ServerResponse,
  gone: AbortSignal,
  stopping: AbortSignal,
): void {
  const sink: StreamSink = {
    write(text) {
      if (response.destroyed || response.writableEnded) return;
      response.write(text);
      if (response.writableLength > maxUnsentBytes) response.destroy();
    },
    end: () => void response.end(),
  };
  const cancel = start(sink);
  const stop = (): void => {
    cancel();
    if (!response.writableEnded) response.end();
  };
  if (stopping.aborted) stop();
  stopping.addEventListener("abort", stop, { once: true });
  gone.addEventListener(
    "abort",
    () => {
      cancel();
      stopping.removeEventListener("abort", stop);
    },
    { once: true },
  );
}
