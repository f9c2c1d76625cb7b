import { CloudError } from "../errors.ts";
import type { CloudPorts } from "../ports.ts";
import { exchangeJson, expiryOf, postForm, textField } from "../post-form.ts";
import type { CloudToken } from "../token.ts";

/** A token of somebody else that Google's token service takes for one of its own. */
export interface SubjectToken {
  readonly token: string;
  /** Like `urn:ietf:params:oauth:token-type:jwt`. */
  readonly type: string;
  readonly audience: string;
  readonly tokenUrl: string;
  /** Whose token it becomes in the end: the URL that makes one for a service account. */
  readonly impersonationUrl: string | undefined;
}

/** The scopes that Flux asks for. Source: fluxcd/pkg/auth/gcp. */
export const gcpScopes: readonly string[] = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/userinfo.email",
];

/** Exchanges the token, and acts as a service account where one is named. Source: RFC 8693, Google's external accounts. */
export async function exchangeSubjectToken(
  ports: CloudPorts,
  subject: SubjectToken,
  scopes: readonly string[] = gcpScopes,
): Promise<CloudToken> {
  const doing = "exchange a token at the GCP security token service";
  const nowMs = ports.clock.now();
  const form = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience: subject.audience,
    scope: subject.impersonationUrl === undefined ? scopes.join(" ") : (gcpScopes[0] ?? ""),
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    subject_token: subject.token,
    subject_token_type: subject.type,
  };
  const answer = await postForm(ports, subject.tokenUrl, form, { doing });
  const value = textField(answer, "access_token", doing);
  if (subject.impersonationUrl === undefined) return { value, expiresAtMs: expiryOf(answer, "expires_in", nowMs) };
  return impersonate(ports, subject.impersonationUrl, value, scopes);
}

async function impersonate(
  ports: CloudPorts,
  url: string,
  token: string,
  scopes: readonly string[],
): Promise<CloudToken> {
  const doing = "act as a GCP service account";
  const answer = await exchangeJson(ports, url, {
    doing,
    method: "POST",
    headers: { "content-type": "application/json" },
    credentials: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ scope: scopes, lifetime: "3600s" }),
  });
  const expiresAtMs = Date.parse(textField(answer, "expireTime", doing));
  if (!Number.isFinite(expiresAtMs))
    throw new CloudError("unreachable", `${doing}: the answer's expireTime is no time`);
  return { value: textField(answer, "accessToken", doing), expiresAtMs };
}
