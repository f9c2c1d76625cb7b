import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { connectionError } from "./connection-error.ts";
import { HttpError } from "./errors.ts";

/** What bounds the reading of a body. */
export interface BodyLimits {
  maxBytes: number;
  decompress: boolean;
  signal: AbortSignal;
  origin: string;
}

/** The only coding that is asked for and undone. */
export const acceptedCoding = "gzip";

/** The body's bytes, at most `maxBytes` of them after decompression. Throws as `HttpResponse.body` says. */
export async function* readBody(message: IncomingMessage, limits: BodyLimits): AsyncGenerator<Uint8Array> {
  const { maxBytes, signal, origin } = limits;
  const source = limits.decompress ? decoded(message) : message;
  if (source === message && Number(message.headers["content-length"] ?? 0) > maxBytes) {
    message.destroy();
    throw tooLarge(limits);
  }
  let length = 0;
  try {
    for await (const chunk of source) {
      length += (chunk as Uint8Array).length;
      if (length > maxBytes) throw tooLarge(limits);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : connectionError(error, origin);
  }
}

function tooLarge({ origin, maxBytes }: BodyLimits): HttpError {
  return new HttpError("tooLarge", `it has more than ${maxBytes} bytes`, { doing: `read the answer of ${origin}` });
}

function decoded(message: IncomingMessage): Readable {
  if (!/^(?:x-)?gzip$/i.test((message.headers["content-encoding"] ?? "").trim())) return message;
  // Both ends' errors reach whoever reads; the callback only keeps them from being nobody's.
  return pipeline(message, createGunzip(), () => {});
}

const maxDrainedBytes = 64 * 1024;

/** Reads a short rest, so that the connection can be used again; breaks off a long one. */
export function discardBody(message: IncomingMessage): void {
  let length = 0;
  message.on("error", () => {});
  message.on("data", (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > maxDrainedBytes) message.destroy();
  });
}
