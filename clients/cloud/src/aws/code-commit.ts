import { CloudError } from "../errors.ts";
import type { AwsCredentials } from "../token.ts";
import { awsTime, signAwsText } from "./sign-request.ts";

const validityMs = 900_000;

/** The region of a CodeCommit address. @throws CloudError configuration. Source: fluxcd/pkg/auth/aws. */
export function codeCommitRegion(url: URL): string {
  if (url.protocol !== "https:")
    throw new CloudError("configuration", "AWS CodeCommit authentication requires an HTTPS Git URL");
  const region = /^git-codecommit(?:-fips)?\.([^.]+)\.(?:.+\.)?amazonaws\.com(?:\.cn)?$/.exec(url.hostname)?.[1];
  if (region !== undefined) return region;
  throw new CloudError("configuration", `invalid AWS CodeCommit Git URL: ${url.host}`);
}

/** User and password for one repository: a signature over its address. Source: AWS's credential helper for CodeCommit. */
export function codeCommitLogin(
  url: URL,
  credentials: AwsCredentials,
  nowMs: number,
): { username: string; password: string; expiresAtMs: number } {
  const stamp = awsTime(nowMs);
  const canonical = ["GIT", url.pathname, "", `host:${url.host}`, "", "host", ""].join("\n");
  const scope = `${stamp.slice(0, 8)}/${codeCommitRegion(url)}/codecommit/aws4_request`;
  // The signed time has no zone; the password's has.
  const signature = signAwsText(canonical, stamp.slice(0, -1), scope, credentials.secretAccessKey);
  const { accessKeyId, sessionToken, expiresAtMs = Number.POSITIVE_INFINITY } = credentials;
  return {
    username: sessionToken === undefined ? accessKeyId : `${accessKeyId}%${sessionToken}`,
    password: `${stamp}${signature}`,
    expiresAtMs: Math.min(nowMs + validityMs, expiresAtMs),
  };
}
