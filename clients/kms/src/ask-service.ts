import { messageOf } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import type { HttpClient, HttpHeaders } from "@eddy/http";
import { KmsError } from "./kms-error.ts";

/** One call of a key service. */
export interface KmsCall {
  /** Named in errors: `decrypt with AWS KMS`. */
  doing: string;
  url: string;
  /** Posted; absent: the URL is read. */
  body?: string;
  headers?: HttpHeaders;
  /** Sent to the origin of the URL only. */
  credentials: HttpHeaders;
  signal?: AbortSignal | undefined;
}

// An answer holds a data key, or why there is none.
const maxBytes = 64 * 1024;
const timeoutMs = 30_000;

/** The answer's object. @throws KmsError with what the service says, shortened */
export async function askService(
  http: HttpClient,
  { doing, url, body, headers, credentials, signal }: KmsCall,
): Promise<JsonObject> {
  try {
    const response = await http.request(url, {
      ...(body === undefined ? {} : { method: "POST", idempotent: true, body }),
      maxRedirects: 0,
      maxBytes,
      timeoutMs,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      credentials,
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    if (response.status === 200) return parseObject(text, doing);
    throw new KmsError(`${doing}: status ${response.status}${reasonIn(text)}`);
  } catch (cause) {
    if (cause instanceof KmsError || signal?.aborted) throw cause;
    throw new KmsError(`${doing}: ${messageOf(cause)}`, { cause });
  }
}

function parseObject(text: string, doing: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // What it is instead does not matter: it may be a page of a proxy.
  }
  throw new KmsError(`${doing}: the answer is no JSON object`);
}

/** What AWS, Google, Azure, Vault and HuaweiCloud put into a refusal. */
function reasonIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return "";
    const error = isObject(value["error"]) ? value["error"] : value;
    const type = [
      typeof value["__type"] === "string" ? value["__type"].replace(/^.*#/, "") : "",
      error["error_code"],
    ].find((each) => typeof each === "string" && each !== "");
    const errors = Array.isArray(value["errors"]) ? value["errors"].filter((each) => typeof each === "string") : [];
    const message = [error["message"], error["Message"], error["error_msg"], errors.join("; ")].find(
      (each) => typeof each === "string" && each !== "",
    );
    const parts = [type, message].filter((part) => typeof part === "string");
    return parts.length === 0 ? "" : `: ${parts.join(": ").slice(0, 500)}`;
  } catch {
    return "";
  }
}

/** A member that must be text. @throws KmsError */
export function textMember(object: JsonObject | undefined, name: string, doing: string): string {
  const value = object?.[name];
  if (typeof value === "string") return value;
  throw new KmsError(`${doing}: the answer has no ${JSON.stringify(name)}`);
}
