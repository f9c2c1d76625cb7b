import { isObject } from "@eddy/core/json";
import { KubeApiError, KubeConnectionError, type ApiStatus } from "../errors.ts";
import { decodeJson } from "../transport/json.ts";
import type { TransportResponse } from "../transport/transport.ts";

/**
 * The parsed body of a success.
 * @throws KubeApiError for any other answer; KubeConnectionError `Cut` for a success that is not JSON.
 */
export function decodeAnswer(response: TransportResponse): unknown {
  if (response.status >= 300 || response.status < 200)
    throw new KubeApiError(statusOf(response.status, response.body, response.headers["retry-after"]));
  try {
    return decodeJson(response.body);
  } catch (cause) {
    throw new KubeConnectionError(
      `read the server's answer: it is not JSON (${response.headers["content-type"] ?? "no content type"})`,
      cause,
      "Cut",
    );
  }
}

/** Reasons that the API gives to plain HTTP codes. Source: apimachinery `errors.NewGenericServerResponse`. */
const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  409: "Conflict",
  410: "Gone",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** The `Status` of a failed answer; made up from the code where the body is text, as of a proxy or an unknown path. */
export function statusOf(code: number, body: string, retryAfter?: string): ApiStatus {
  const status = parseStatus(body);
  if (status) return { ...status, code: status.code || code };
  const text = body.trim().slice(0, 500);
  const seconds = Number(retryAfter);
  return {
    code,
    reason: reasons[code] ?? "Unknown",
    message: text === "" ? `the server answered ${code}` : text,
    ...(Number.isFinite(seconds) && seconds > 0 ? { details: { retryAfterSeconds: seconds } } : {}),
  };
}

/** Reads a `Status` object; undefined for anything else. */
export function parseStatus(body: unknown): ApiStatus | undefined {
  let value = body;
  if (typeof body === "string") {
    if (!body.startsWith("{")) return undefined;
    try {
      value = JSON.parse(body);
    } catch {
      return undefined;
    }
  }
  if (!isObject(value) || value["kind"] !== "Status") return undefined;
  const code = Number(value["code"] ?? 0);
  return {
    code,
    reason: String(value["reason"] ?? reasons[code] ?? "Unknown"),
    message: String(value["message"] ?? `the server answered ${code}`),
    ...(isObject(value["details"]) ? { details: value["details"] } : {}),
  };
}
