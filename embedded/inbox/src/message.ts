import type { IncomingHttpHeaders } from "node:http";

/** One request that the inbox caught. */
export interface InboxMessage {
  /** 1 for the first one ever caught. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As UTF-8. */
  readonly body: string;
}

/** A message as people see it: a JSON body is parsed, credentials are `***`. */
export interface ShownMessage {
  readonly number: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const secretHeader = /auth|token|key|cookie|secret|signature/i;

/** What may be shown of a message. Pure. */
export function showMessage({ number, atMs, method, path, headers, body }: InboxMessage): ShownMessage {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    secretHeader.test(name) ? "***" : Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return {
    number,
    at: new Date(atMs).toISOString(),
    method,
    path: withoutTokens(path),
    headers: Object.fromEntries(shown) as Record<string, string>,
    body: bodyOf(body),
  };
}

/** Telegram's tokens stand in the path, others' in the query. */
function withoutTokens(path: string): string {
  return path.replace(/\/bot[^/]+/, "/bot***").replaceAll(/([?&](?:token|key|sig|secret)=)[^&]*/gi, "$1***");
}

function bodyOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
