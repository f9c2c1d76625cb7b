import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { CloudError } from "./errors.ts";

/**
 * A private key from PEM.
 * @throws CloudError configuration, saying no more than that: the parser's words could quote the key
 */
export function parsePrivateKey(pem: string, what: string, passphrase?: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(passphrase ? { passphrase } : {}) });
  } catch {
    throw new CloudError("configuration", `could not parse private key of ${what}: want an RSA key in PEM`);
  }
}

/** A JWT signed with RS256. Times are seconds since the epoch, as JWT has them. */
export function signJwt(key: KeyObject, claims: object, header: object = {}): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const content = `${encode({ alg: "RS256", typ: "JWT", ...header })}.${encode(claims)}`;
  return `${content}.${sign("RSA-SHA256", Buffer.from(content), key).toString("base64url")}`;
}
