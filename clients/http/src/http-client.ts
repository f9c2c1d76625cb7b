import type { Clock } from "@eddy/core/clock";

/** Header values by lower-case name; of repeated ones the values joined by `, `. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** A proxy: `http://` or `https://`. Credentials may also stand in the address; the fields win. */
export interface HttpProxy {
  address: string;
  username?: string;
  password?: string;
}

/** A certificate that the client shows, PEM, and the only origin (`https://host[:port]`) that it is shown to. */
export interface HttpIdentity {
  origin: string;
  cert: string;
  key: string;
}

/** How a client connects. */
export interface HttpClientOptions {
  /** PEM; trusted beside the system's authorities. */
  caCert?: string;
  identity?: HttpIdentity;
  /** Accept any certificate: only where a kind has such a field. */
  insecureSkipVerify?: boolean;
  /** Default: what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment say. */
  proxy?: HttpProxy;
  /** Never through a proxy that only the environment names. */
  direct?: boolean;
  /**
   * May connect to metadata services of clouds, and to link-local networks: for logins of the process itself. Everything else has
   * addresses from objects and redirects, and would be asked to hand out the machine's credentials.
   */
  reachesMetadata?: boolean;
  /** Default: the process's. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Connections to one origin. Default 16. */
  maxConnections?: number;
  /** Default `eddy`. */
  userAgent?: string;
  /** For deadlines. Default the machine's. */
  clock?: Clock;
}

/** One request. */
export interface HttpRequest {
  /** Default `GET`. */
  method?: string;
  /** Sent wherever redirects lead, except `authorization` and `cookie`, which count as credentials. */
  headers?: HttpHeaders;
  /** Headers for the origin of the URL alone; a redirect elsewhere goes on without them. */
  credentials?: HttpHeaders;
  body?: Uint8Array | string;
  /** The longest body accepted, after decompression. Default 16 MiB; `Infinity` where the caller counts. */
  maxBytes?: number;
  /** From the first byte sent to the last one read. Default 60,000; `Infinity` where the signal decides. */
  timeoutMs?: number;
  /** Its reason is what the request throws. */
  signal?: AbortSignal;
  /** Redirects followed, default 10. 0: they are given back as they are. Leaving https for http is always refused. */
  maxRedirects?: number;
  /** Default true: gzip is asked for and undone. False: the bytes as they are stored. */
  decompress?: boolean;
  /** May be sent again when a kept connection turns out to be closed. Default: by method, POST and PATCH not. */
  idempotent?: boolean;
}

/** An answer of any status. Its body must be read or discarded, or the connection stays in use until the deadline. */
export interface HttpResponse {
  status: number;
  /** What the server calls it; may be empty. */
  statusText: string;
  headers: HttpHeaders;
  /** Where the answer came from, after redirects; without user info. */
  url: URL;
  /** Bytes as they come. Once. @throws HttpError tooLarge, timeout, unreachable (broken off), protocol (bad compression) */
  body: AsyncIterable<Uint8Array>;
  /** The whole body. Throws as `body` does. */
  bytes(): Promise<Uint8Array>;
  /** The whole body as UTF-8. */
  text(): Promise<string>;
  /** The body is not wanted. Never throws. */
  discard(): void;
}

/** Kept connections with one trust and one proxy. */
export interface HttpClient {
  /**
   * The answer's head. User info in the URL is sent as basic authentication, to that origin.
   * @throws HttpError (never for a status), the signal's reason
   */
  request(url: URL | string, request?: HttpRequest): Promise<HttpResponse>;
  /** Ends kept connections and requests under way. */
  close(): void;
}
