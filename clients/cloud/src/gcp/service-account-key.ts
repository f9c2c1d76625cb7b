import { isObject } from "@eddy/core/json";
import { CloudError } from "../errors.ts";
import { parsePrivateKey, signJwt } from "../jwt.ts";
import type { CloudPorts } from "../ports.ts";
import { expiryOf, postForm, textField } from "../post-form.ts";
import type { CloudToken } from "../token.ts";

/** The fields of a service account's key file that a login needs. */
export interface GcpServiceAccountKey {
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly privateKeyId: string | undefined;
  readonly tokenUri: string;
}

const defaultTokenUri = "https://oauth2.googleapis.com/token";

/** Reads a key file. @throws CloudError configuration, without quoting it */
export function parseServiceAccountKey(text: string, what: string): GcpServiceAccountKey {
  const key = parseJsonObject(text, what);
  if (key["type"] !== "service_account") {
    throw new CloudError(
      "configuration",
      `${what} must contain a service account key with 'type' set to 'service_account'`,
    );
  }
  const field = (name: string): string => {
    const value = key[name];
    if (typeof value === "string" && value !== "") return value;
    throw new CloudError("configuration", `${what} has no '${name}'`);
  };
  const id = key["private_key_id"];
  return {
    clientEmail: field("client_email"),
    privateKey: field("private_key"),
    privateKeyId: typeof id === "string" ? id : undefined,
    tokenUri: typeof key["token_uri"] === "string" ? key["token_uri"] : defaultTokenUri,
  };
}

/** JSON that must be an object. @throws CloudError configuration, without quoting it */
export function parseJsonObject(text: string, what: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below: the parser would quote what it read.
  }
  throw new CloudError("configuration", `failed to parse ${what} as JSON`);
}

/** A token for the scopes. Source: RFC 7523, as Google's token service takes it. */
export async function serviceAccountKeyToken(
  ports: CloudPorts,
  key: GcpServiceAccountKey,
  scopes: readonly string[],
): Promise<CloudToken> {
  const doing = "fetch a token for the GCP service account key";
  const nowMs = ports.clock.now();
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    iss: key.clientEmail,
    scope: scopes.join(" "),
    aud: key.tokenUri,
    iat: issuedAt,
    exp: issuedAt + 3600,
  };
  const privateKey = parsePrivateKey(key.privateKey, "the GCP service account key");
  const assertion = signJwt(privateKey, claims, key.privateKeyId === undefined ? {} : { kid: key.privateKeyId });
  const grant = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  const answer = await postForm(ports, key.tokenUri, grant, { doing });
  return { value: textField(answer, "access_token", doing), expiresAtMs: expiryOf(answer, "expires_in", nowMs) };
}
