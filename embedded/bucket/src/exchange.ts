import type { IncomingMessage, ServerResponse } from "node:http";

/** A request as the protocols read it; `path` is as it was sent, still encoded. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** In the order sent, decoded. */
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An answer. */
export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}

const maxBodyBytes = 64 * 1024 * 1024;

/** Reads the request whole; undefined for a body of more than 64 MiB. */
export async function readExchange(request: IncomingMessage): Promise<Exchange | undefined> {
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Uint8Array).length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk as Uint8Array);
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : (value ?? ""),
    ]),
  );
  return {
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks),
  };
}

/** Sends the answer; of HEAD and 304 only the head. */
export function sendAnswer(response: ServerResponse, method: string, { status, headers, body = "" }: Answer): void {
  const isEmpty = method === "HEAD" || status === 304 || status === 204;
  const length = status === 304 || status === 204 ? {} : { "content-length": String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...length, ...headers }).end(isEmpty ? undefined : body);
}

/** The path's steps, decoded; undefined where they cannot be. */
export function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
