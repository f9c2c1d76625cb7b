import type { IncomingMessage, ServerResponse } from "node:http";
import type { Content } from "./content.ts";
import type { Notifier } from "./notifier.ts";
import type { RegistryOptions } from "./registry.ts";
import { Refusal } from "./registry-error.ts";

/** One request being answered, and what the registry has. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** `GET` for HEAD too. */
  readonly method: string;
  readonly content: Content;
  readonly notifier: Notifier;
  readonly options: RegistryOptions;
}

/** Answers with a body; a HEAD request gets its headers alone. */
export function send(
  { request, response }: Exchange,
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body: Uint8Array | string = "",
): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, { "content-length": bytes.length, ...headers });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** Answers with JSON. */
export function sendJson(
  exchange: Exchange,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(
    exchange,
    status,
    { "content-type": "application/json; charset=utf-8", ...headers },
    `${JSON.stringify(value)}\n`,
  );
}

const defaultMaxBytes = 512 * 1024 * 1024;

/**
 * The whole body.
 * @throws Refusal SIZE_INVALID beyond the limit.
 */
export async function readBody({ request, options }: Exchange, maxBytes?: number): Promise<Buffer> {
  const limit = maxBytes ?? options.maxBlobBytes ?? defaultMaxBytes;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > limit) throw new Refusal(413, "SIZE_INVALID", { max: limit });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** The answer to a method that a resource does not have. */
export function unsupported(): never {
  throw new Refusal(405, "UNSUPPORTED");
}
