import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { KubeApiError } from "../errors.ts";
import type { KindRef } from "../client.ts";
import type { ApiResource } from "../discovery/api-resource.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Exchange } from "../transport/exchange.ts";
import { encodeJson } from "../transport/json.ts";
import type { TransportRequest, TransportResponse } from "../transport/transport.ts";
import { decodeAnswer, parseStatus, statusOf } from "./decode-answer.ts";
import { formatQuery, type Query } from "./resource-path.ts";

/** One call of the API, before it is a request. */
export interface ApiCall {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Query;
  body?: unknown;
  /** Of the body; default `application/json`. */
  contentType?: string;
  /** Default `application/json`. */
  accept?: string;
  signal?: AbortSignal | undefined;
  /** Doing it twice is as good as once: it may be sent again over a fresh connection. */
  repeatable?: boolean;
}

/** Sends calls as one (impersonated) identity. */
export interface Requester {
  call(call: ApiCall): Promise<unknown>;
  /** A watch: the open stream. */
  stream(call: ApiCall): Promise<IncomingMessage>;
  resourceFor(kind: KindRef, force?: boolean): ApiResource | Promise<ApiResource>;
}

/** A requester over an exchange; `headers` go with every request. */
export function createRequester(
  exchange: Exchange,
  discovery: Discovery,
  headers: Readonly<OutgoingHttpHeaders>,
): Requester {
  const prepare = (call: ApiCall): TransportRequest => ({
    method: call.method,
    path: call.query === undefined ? call.path : call.path + formatQuery(call.query),
    headers: {
      ...headers,
      accept: call.accept ?? "application/json",
      ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
    },
    signal: call.signal,
    ...(call.body === undefined ? {} : { body: encodeJson(call.body) }),
  });
  // A 404 that is no Status means that the path is gone, not the object: the CRD was deleted or changed its versions.
  const noticeMissingPath = (response: TransportResponse): void => {
    if (response.status === 404 && !parseStatus(response.body)) discovery.markStale();
  };
  return {
    async call(call) {
      const response = await exchange.send(prepare(call), { repeatable: call.repeatable ?? call.method === "GET" });
      noticeMissingPath(response);
      return decodeAnswer(response);
    },
    async stream(call) {
      const answer = await exchange.open({ ...prepare(call), connection: "stream" });
      if (!("body" in answer)) return answer;
      noticeMissingPath(answer);
      throw new KubeApiError(statusOf(answer.status, answer.body, answer.headers["retry-after"]));
    },
    resourceFor: (kind, force = false) =>
      (force ? undefined : discovery.known(kind)) ?? discovery.resourceFor(kind, { force }),
  };
}
