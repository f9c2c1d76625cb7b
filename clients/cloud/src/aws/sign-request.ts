import { createHash, createHmac } from "node:crypto";
import type { AwsCredentials } from "../token.ts";

/** What is to be signed. `headers` must hold all that are sent but those that signing adds. */
export interface AwsRequest {
  method: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** Lower-case hex SHA-256 of the body; of none, absent. */
  bodySha256?: string;
}

/** For whom and what a signature counts. */
export interface AwsScope {
  credentials: AwsCredentials;
  region: string;
  /** `s3`, `sts`, `ecr`, `kms`, … */
  service: string;
  /** Milliseconds since the epoch. */
  nowMs: number;
}

const emptySha256 = sha256("");

/**
 * The headers to send, with `authorization` and what it covers. Source: AWS Signature Version 4. S3 signs the path as it is
 * sent, every other service with its percent signs encoded once more.
 */
export function signAwsRequest(request: AwsRequest, scope: AwsScope): Record<string, string> {
  const { credentials, service } = scope;
  const stamp = awsTime(scope.nowMs);
  const payload = request.bodySha256 ?? emptySha256;
  const headers: Record<string, string> = {
    ...lowered(request.headers),
    host: request.url.host,
    "x-amz-date": stamp,
    ...(service === "s3" ? { "x-amz-content-sha256": payload } : {}),
    ...(credentials.sessionToken === undefined ? {} : { "x-amz-security-token": credentials.sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    request.method,
    canonicalPath(request.url, service),
    canonicalQuery(request.url.searchParams),
    ...names.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    names.join(";"),
    payload,
  ].join("\n");
  const credentialScope = `${stamp.slice(0, 8)}/${scope.region}/${service}/aws4_request`;
  const signature = signAwsText(canonical, stamp, credentialScope, credentials.secretAccessKey);
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${credentialScope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** The signature, hex, of a canonical request. `credentialScope`: `<yyyymmdd>/<region>/<service>/aws4_request`. */
export function signAwsText(
  canonical: string,
  stamp: string,
  credentialScope: string,
  secretAccessKey: string,
): string {
  const text = ["AWS4-HMAC-SHA256", stamp, credentialScope, sha256(canonical)].join("\n");
  const key = credentialScope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

/** `20261121T150405Z`. */
export function awsTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** Text as AWS percent-encodes it: everything but letters, digits and `-._~`. */
export function encodeAwsText(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalPath({ pathname }: URL, service: string): string {
  const encoded = pathname.split("/").map((step) => encodeAwsText(decoded(step)));
  return (service === "s3" ? encoded : encoded.map(encodeAwsText)).join("/");
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encodeAwsText(name)}=${encodeAwsText(value)}`)
    .sort()
    .join("&");
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function lowered(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
