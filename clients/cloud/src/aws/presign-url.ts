import { createHash } from "node:crypto";
import type { AwsScope } from "./sign-request.ts";
import { awsTime, encodeAwsText, signAwsText } from "./sign-request.ts";

/** What is signed into a URL. */
export interface PresignRequest {
  url: URL;
  /** Sent with the URL by whoever uses it, and part of the signature. */
  headers: Readonly<Record<string, string>>;
  expiresSeconds: number;
}

/** A URL that anybody may GET until it expires. Source: AWS Signature Version 4, query parameters. */
export function presignAwsUrl({ url, headers, expiresSeconds }: PresignRequest, scope: AwsScope): string {
  const { credentials, region, service } = scope;
  const stamp = awsTime(scope.nowMs);
  const credentialScope = `${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
  const all: Record<string, string> = { ...headers, host: url.host };
  const names = Object.keys(all).sort();
  const query = new Map<string, string>([
    ...url.searchParams,
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `${credentials.accessKeyId}/${credentialScope}`],
    ["X-Amz-Date", stamp],
    ["X-Amz-Expires", String(expiresSeconds)],
    ["X-Amz-SignedHeaders", names.join(";")],
  ]);
  if (credentials.sessionToken !== undefined) query.set("X-Amz-Security-Token", credentials.sessionToken);
  const text = [...query]
    .map(([name, value]) => `${encodeAwsText(name)}=${encodeAwsText(value)}`)
    .sort()
    .join("&");
  const emptyDigest = createHash("sha256").update("").digest("hex");
  const canonical = [
    "GET",
    url.pathname,
    text,
    ...names.map((name) => `${name}:${all[name] ?? ""}`),
    "",
    names.join(";"),
    emptyDigest,
  ].join("\n");
  const signature = signAwsText(canonical, stamp, credentialScope, credentials.secretAccessKey);
  return `${url.origin}${url.pathname}?${text}&X-Amz-Signature=${signature}`;
}
