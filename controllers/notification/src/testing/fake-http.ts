import { fakeClock, type FakeClock } from "@eddy/core/clock";
import type { HttpClient, HttpHeaders, HttpRequest } from "@eddy/http";
import type { SendPorts } from "../provider/provider-type.ts";

/** A request that a provider made. */
export interface SentRequest {
  method: string;
  url: string;
  /** Credentials among them. */
  headers: HttpHeaders;
  /** Parsed where it is JSON. */
  body: unknown;
}

/** What a service answers; an error is what the connection throws. */
export type FakeAnswer = { status?: number; headers?: HttpHeaders; body?: unknown } | Error;

/** Ports of a provider over a service that answers by a function, 200 and `{}` unless it says otherwise. */
export function fakePorts(answer: (request: SentRequest) => FakeAnswer | undefined = () => undefined): {
  ports: SendPorts;
  sent: SentRequest[];
  clock: FakeClock;
} {
  const sent: SentRequest[] = [];
  const clock = fakeClock();
  const http: HttpClient = {
    async request(url, { method = "GET", headers = {}, credentials = {}, body }: HttpRequest = {}) {
      const request = { method, url: String(url), headers: { ...headers, ...credentials }, body: parsed(body) };
      sent.push(request);
      const given = answer(request) ?? {};
      if (given instanceof Error) throw given;
      const text = typeof given.body === "string" ? given.body : JSON.stringify(given.body ?? {});
      return {
        status: given.status ?? 200,
        statusText: "",
        headers: given.headers ?? {},
        url: new URL(String(url)),
        body: (async function* () {
          yield Buffer.from(text);
        })(),
        bytes: async () => Buffer.from(text),
        text: async () => text,
        discard() {},
      };
    },
    close() {},
  };
  const login = new Proxy({} as SendPorts["login"], {
    get: (_, cloud) => async (scope: unknown) => ({
      value: `${String(cloud)}-token:${JSON.stringify(scope)}`,
      expiresAtMs: 0,
    }),
  });
  return { ports: { http, clock, login, signal: new AbortController().signal }, sent, clock };
}

function parsed(body: Uint8Array | string | undefined): unknown {
  if (body === undefined) return undefined;
  const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
