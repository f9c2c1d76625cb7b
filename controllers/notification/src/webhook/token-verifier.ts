import { createPublicKey, verify, type JsonWebKey as NodeJsonWebKey, type KeyObject } from "node:crypto";
import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import { trimRight } from "@eddy/core/trim";
import type { HttpClient } from "@eddy/http";
import { WebhookRefusal } from "./webhook-request.ts";

/** Verifies JWTs by the keys that their issuers publish. */
export interface TokenVerifier {
  /** The claims. @throws WebhookRefusal */
  verify(token: string, issuer: string, audience: string): Promise<Record<string, unknown>>;
}

// Keys are kept; an unknown one is looked for, but not at every forged token.
const keysLastMs = 600_000;
const lookAgainMs = 30_000;
const maxDocumentBytes = 512 * 1024;
const timeoutMs = 10_000;
const leewaySeconds = 60;

interface IssuerKeys {
  keys: ReadonlyMap<string, KeyObject>;
  fetchedMs: number;
}

/** Source: OpenID Connect discovery, RFC 7515, RFC 7519. */
export function createTokenVerifier(http: HttpClient, clock: Clock): TokenVerifier {
  const known = new Map<string, Promise<IssuerKeys>>();
  const fetchKeys = async (issuer: string): Promise<IssuerKeys> => {
    const base = trimRight(issuer, "/");
    const configuration = await fetchObject(http, `${base}/.well-known/openid-configuration`);
    if (configuration["issuer"] !== issuer)
      throw new WebhookRefusal(`the issuer calls itself ${JSON.stringify(configuration["issuer"])}`);
    const set = await fetchObject(http, String(configuration["jwks_uri"]));
    const list = Array.isArray(set["keys"]) ? set["keys"].filter(isObject) : [];
    return { keys: new Map(list.flatMap(readKey)), fetchedMs: clock.now() };
  };
  const keysOf = async (issuer: string, keyId: string): Promise<IssuerKeys> => {
    const entry = await known.get(issuer)?.catch(() => undefined);
    const ageMs = entry ? clock.now() - entry.fetchedMs : Number.POSITIVE_INFINITY;
    if (entry && ageMs < (entry.keys.has(keyId) ? keysLastMs : lookAgainMs)) return entry;
    const fetching = fetchKeys(issuer);
    known.set(issuer, fetching);
    return await fetching;
  };
  return {
    async verify(token, issuer, audience) {
      const { header, claims, signed, signature } = parseToken(token);
      const keyId = String(header["kid"] ?? "");
      const { keys } = await keysOf(issuer, keyId).catch((cause: unknown) => {
        throw new WebhookRefusal(
          `failed to initialize OIDC provider for issuer ${JSON.stringify(issuer)}: ${messageOf(cause)}`,
        );
      });
      const key = keys.get(keyId) ?? (keyId === "" && keys.size === 1 ? [...keys.values()][0] : undefined);
      if (!key || !isSignedBy(key, String(header["alg"]), signed, signature)) {
        throw new WebhookRefusal("failed to verify OIDC token: the signature is not the issuer's");
      }
      checkClaims(claims, { issuer, audience, nowSeconds: clock.now() / 1_000 });
      return claims;
    },
  };
}

async function fetchObject(http: HttpClient, url: string): Promise<JsonObject> {
  const response = await http.request(url, { maxBytes: maxDocumentBytes, timeoutMs });
  const text = await response.text();
  if (response.status !== 200) throw new WebhookRefusal(`status ${response.status}`);
  const value: unknown = JSON.parse(text);
  if (isObject(value)) return value;
  throw new WebhookRefusal("the answer is no object");
}

function readKey(jwk: JsonObject): [string, KeyObject][] {
  if (jwk["use"] !== undefined && jwk["use"] !== "sig") return [];
  try {
    return [[String(jwk["kid"] ?? ""), createPublicKey({ format: "jwk", key: jwk as NodeJsonWebKey })]];
  } catch {
    // A kind of key that is not known here is not used.
    return [];
  }
}

interface ParsedToken {
  header: JsonObject;
  claims: JsonObject;
  signed: Buffer;
  signature: Buffer;
}

function parseToken(token: string): ParsedToken {
  const [head = "", body = "", signature = ""] = token.split(".");
  const objectIn = (part: string): JsonObject | undefined => {
    try {
      const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
      return isObject(value) ? value : undefined;
    } catch {
      return undefined;
    }
  };
  const [header, claims] = [objectIn(head), objectIn(body)];
  if (!header || !claims) throw new WebhookRefusal("failed to verify OIDC token: it is no JWT");
  return { header, claims, signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, "base64url") };
}

/** The algorithm must suit the key: what a token says of itself is not trusted, and `none` is nobody's. */
function isSignedBy(key: KeyObject, algorithm: string, signed: Buffer, signature: Buffer): boolean {
  const [, family, bits] = /^(RS|PS|ES)(256|384|512)$/.exec(algorithm) ?? [];
  if (algorithm === "EdDSA") return key.asymmetricKeyType === "ed25519" && verify(null, signed, key, signature);
  if (family === "RS") return key.asymmetricKeyType === "rsa" && verify(`sha${bits}`, signed, key, signature);
  if (family === "ES") {
    return (
      key.asymmetricKeyType === "ec" && verify(`sha${bits}`, signed, { key, dsaEncoding: "ieee-p1363" }, signature)
    );
  }
  if (family !== "PS" || key.asymmetricKeyType !== "rsa") return false;
  // RSA_PKCS1_PSS_PADDING, with a salt as long as the digest.
  return verify(`sha${bits}`, signed, { key, padding: 6, saltLength: Number(bits) / 8 }, signature);
}

function checkClaims(
  claims: JsonObject,
  { issuer, audience, nowSeconds }: { issuer: string; audience: string; nowSeconds: number },
): void {
  const { iss, aud, exp, nbf } = claims;
  if (iss !== issuer && `https://${String(iss)}` !== issuer) {
    throw new WebhookRefusal(
      `failed to verify OIDC token: the issuer is ${JSON.stringify(iss)}, want ${JSON.stringify(issuer)}`,
    );
  }
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(audience)) {
    throw new WebhookRefusal(
      `failed to verify OIDC token: the audience is ${JSON.stringify(aud)}, want ${JSON.stringify(audience)}`,
    );
  }
  if (typeof exp !== "number" || exp < nowSeconds)
    throw new WebhookRefusal("failed to verify OIDC token: it is expired");
  if (typeof nbf === "number" && nbf > nowSeconds + leewaySeconds) {
    throw new WebhookRefusal("failed to verify OIDC token: it does not count yet");
  }
}
