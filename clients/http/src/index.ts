/**
 * HTTP with trust, proxies, bounds and redirects that leak no credentials: the one way in which Eddy speaks it, the Kubernetes
 * API aside.
 *
 * Not a cache and not a retrier: what is tried again is the caller's business. Entry points: {@link createHttpClient},
 * {@link fetchIfChanged} and {@link openWebSocket}.
 */
export { basicAuthorization, withoutUserInfo } from "./authorization.ts";
export { createHttpClient } from "./create-http-client.ts";
export { isMetadataAddress, lookupElsewhere } from "./metadata-addresses.ts";
export { HttpError, isHttpError, type HttpErrorKind, type HttpErrorOptions } from "./errors.ts";
export { fetchIfChanged, validatorsOf, type ConditionalResult, type Validators } from "./fetch-if-changed.ts";
export type {
  HttpClient,
  HttpClientOptions,
  HttpHeaders,
  HttpIdentity,
  HttpProxy,
  HttpRequest,
  HttpResponse,
} from "./http-client.ts";
export { expectSuccess, kindOfStatus, parseRetryAfter, plainReason, statusError } from "./status-error.ts";
export { openWebSocket, type WebSocketConnection, type WebSocketOptions } from "./web-socket/open-web-socket.ts";
