/** A request and its answer, apart from any socket. */
import type { Cancel } from "@eddy/core/clock";

export interface UserInfo {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** `headers` have lower-case names. */
export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  /** Raw `header, value` pairs, where one header may come several times. */
  headerPairs: readonly (readonly [string, string])[];
  body: Uint8Array;
  user: UserInfo;
  /** Aborted when the client is gone or the server stops. */
  signal: AbortSignal;
}

export interface StreamSink {
  write(text: string): void;
  end(): void;
}

/** `start` begins to write and returns what stops it; the sink may be ended by either side. */
export interface ApiResponse {
  status: number;
  headers: Record<string, string | string[]>;
  body: string | Uint8Array;
  stream?: (sink: StreamSink) => Cancel;
}

/** A JSON answer. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers: Record<string, string | string[]> = {},
): ApiResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: typeof value === "string" ? value : JSON.stringify(value),
  };
}

/** A plain text answer. */
export function textResponse(
  status: number,
  body: string,
  headers: Record<string, string | string[]> = {},
): ApiResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body };
}
