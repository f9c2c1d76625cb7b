import { createHmac } from "node:crypto";
import { sha256 } from "@eddy/core/digest";

/** What is to be signed; `headers` are those that the signature covers, in lower case, with `x-sdk-date`. */
export interface HuaweiRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** A key pair of HuaweiCloud's IAM. */
export interface HuaweiKeys {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * The `authorization` of a request. Source: HuaweiCloud "API Request Signing Guide", SDK-HMAC-SHA256; the path ends with a
 * slash when it is signed, whatever is sent.
 */
export function signHuaweiRequest(request: HuaweiRequest, { accessKeyId, secretAccessKey }: HuaweiKeys): string {
  const text = ["SDK-HMAC-SHA256", request.headers["x-sdk-date"] ?? "", sha256(canonicalRequest(request))].join("\n");
  const signature = createHmac("sha256", secretAccessKey).update(text).digest("hex");
  return `SDK-HMAC-SHA256 Access=${accessKeyId}, SignedHeaders=${namesOf(request).join(";")}, Signature=${signature}`;
}

/** The text whose digest is signed. */
export function canonicalRequest(request: HuaweiRequest): string {
  const { method, url, headers, body = "" } = request;
  const names = namesOf(request);
  const path = url.pathname.split("/").map((step) => escape(decodeURIComponent(step)));
  return [
    method,
    `${path.join("/").replace(/\/$/, "")}/`,
    [...url.searchParams]
      .map(([name, value]) => `${escape(name)}=${escape(value)}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${(headers[name] ?? "").trim()}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
}

function namesOf({ headers }: HuaweiRequest): string[] {
  return Object.keys(headers).sort();
}

/** Percent signs for all but unreserved characters: what encodeURIComponent leaves is not left here. */
function escape(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20060102T150405Z`. */
export function huaweiTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}
