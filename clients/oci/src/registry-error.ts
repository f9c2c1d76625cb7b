import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { formatGoValue } from "./go-value.ts";

/** One entry of a registry's error answer. */
export interface Diagnostic {
  /** `MANIFEST_UNKNOWN`, `DENIED`, … of the distribution specification. */
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

/** A request that a registry refused. */
export interface RefusedRequest {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs?: number;
}

/**
 * A registry's refusal, in the words of go-containerregistry: `GET https://host/v2/app/manifests/1: MANIFEST_UNKNOWN: manifest
 * unknown`. Class retry. Queries that are no part of the protocol are left out: signed addresses hold credentials.
 */
export class RegistryError extends EddyError {
  override readonly name = "RegistryError";
  readonly status: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly retryAfterMs: number | undefined;

  constructor(refused: RefusedRequest) {
    const diagnostics = parseDiagnostics(refused.body);
    super("OCI_REGISTRY", `${refused.method} ${redactUrl(refused.url)}: ${describe(refused, diagnostics)}`);
    this.status = refused.status;
    this.diagnostics = diagnostics;
    this.retryAfterMs = refused.retryAfterMs;
  }
}

/** Whether the error is a registry's refusal; with statuses, one of those. */
export function isRegistryError(error: unknown, ...statuses: number[]): error is RegistryError {
  return error instanceof RegistryError && (statuses.length === 0 || statuses.includes(error.status));
}

function describe({ method, status, body }: RefusedRequest, diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length > 0) {
    const texts = diagnostics.map(({ code, message, detail }) => {
      const more = detail === undefined || detail === null ? "" : `; ${formatGoValue(detail)}`;
      return `${code}: ${message}${more}`;
    });
    return diagnostics.length === 1 ? (texts[0] ?? "") : `multiple errors returned: ${texts.join("; ")}`;
  }
  const words = `unexpected status code ${status} ${statusTexts[status] ?? ""}`;
  if (body !== "") return `${words}: ${body.slice(0, maxShownBody)}`;
  return method === "HEAD" ? `${words} (HEAD responses have no body, use GET for details)` : words;
}

const maxShownBody = 1_024;
const maxDiagnostics = 16;

function parseDiagnostics(body: string): Diagnostic[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const errors = isObject(value) ? value["errors"] : undefined;
  if (!Array.isArray(errors)) return [];
  return errors
    .filter(isObject)
    .slice(0, maxDiagnostics)
    .map(({ code, message, detail }) => ({
      code: typeof code === "string" ? code : "",
      message: typeof message === "string" ? message : "",
      ...(detail === undefined ? {} : { detail }),
    }));
}

const shownParameters: ReadonlySet<string> = new Set(["scope", "service", "mount", "from", "digest", "n", "last"]);

/** The address as it may be shown. Source: go-containerregistry `redact.URL`. */
export function redactUrl(url: URL): string {
  const query = new URLSearchParams([...url.searchParams].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  for (const name of new Set(query.keys())) if (!shownParameters.has(name)) query.set(name, "REDACTED");
  const text = query.toString();
  return `${url.origin}${url.pathname}${text === "" ? "" : `?${text}`}`;
}

/** As Go's `http.StatusText` has them; others have none. */
const statusTexts: Readonly<Record<number, string>> = {
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  416: "Requested Range Not Satisfiable",
  418: "I'm a teapot",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};
