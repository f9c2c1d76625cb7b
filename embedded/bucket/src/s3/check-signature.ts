import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Exchange } from "../exchange.ts";

/** A refusal in S3's terms. */
export interface S3Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly region?: string;
}

/** Secret and session token of an access key, or undefined for one that nobody has. */
export type FindKey = (accessKey: string) => { secretKey: string; sessionToken?: string } | undefined;

const maxSkewMs = 900_000;
const header =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Why a request signed with Signature Version 4 is refused, or undefined. Written from AWS's documentation, without a look at the client. */
export function checkSignature(
  request: Exchange,
  options: { findKey: FindKey; region: string; nowMs: number },
): S3Refusal | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return refusal(403, "AccessDenied", "Access Denied.");
  const [, accessKey = "", day = "", region = "", signed = "", signature = ""] = header.exec(authorization) ?? [];
  if (signature === "") return refusal(400, "AuthorizationHeaderMalformed", "The authorization header is malformed");
  if (region !== options.region) {
    const message = `The authorization header is malformed; the region is wrong; expecting '${options.region}'.`;
    return { ...refusal(400, "AuthorizationHeaderMalformed", message), region: options.region };
  }
  const key = options.findKey(accessKey);
  if (!key) return refusal(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records.");
  if (key.sessionToken !== undefined && request.headers["x-amz-security-token"] !== key.sessionToken)
    return refusal(403, "InvalidTokenId", "The security token included in the request is invalid");
  const stamp = request.headers["x-amz-date"] ?? "";
  if (!stamp.startsWith(day) || Math.abs(parseStamp(stamp) - options.nowMs) > maxSkewMs)
    return refusal(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the server's time is too large.",
    );
  const payload = request.headers["x-amz-content-sha256"] ?? "";
  const actual = createHash("sha256").update(request.body).digest("hex");
  if (payload !== actual && payload !== "UNSIGNED-PAYLOAD")
    return refusal(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  const canonical = canonicalRequest(request, signed.split(";"), payload);
  const wanted = sign(canonical, { stamp, scope: `${day}/${region}/s3/aws4_request`, secretKey: key.secretKey });
  const isSame = timingSafeEqual(Buffer.from(wanted), Buffer.from(signature)) && signed.split(";").includes("host");
  if (isSame) return undefined;
  const message =
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
  return refusal(403, "SignatureDoesNotMatch", message);
}

function refusal(status: number, code: string, message: string): S3Refusal {
  return { status, code, message };
}

function parseStamp(stamp: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp)?.slice(1).map(Number) ?? [];
  const [year = Number.NaN, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function canonicalRequest(
  { method, path, query, headers }: Exchange,
  signed: readonly string[],
  payload: string,
): string {
  const parameters = [...query].map(([name, value]) => [encode(name), encode(value)] as const);
  parameters.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  return [
    method,
    path,
    parameters.map(([name, value]) => `${name}=${value}`).join("&"),
    ...signed.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signed.join(";"),
    payload,
  ].join("\n");
}

function encode(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9\-._~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

function sign(canonical: string, by: { stamp: string; scope: string; secretKey: string }): string {
  const digest = createHash("sha256").update(canonical).digest("hex");
  let key: Buffer = Buffer.from(`AWS4${by.secretKey}`);
  for (const part of by.scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  return createHmac("sha256", key).update(`AWS4-HMAC-SHA256\n${by.stamp}\n${by.scope}\n${digest}`).digest("hex");
}
