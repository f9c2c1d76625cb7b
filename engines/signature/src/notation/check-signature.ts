import { constants, verify, type KeyObject } from "node:crypto";
import type { SignatureAlgorithm } from "./check-chain.ts";

const algorithms: ReadonlySet<unknown> = new Set<SignatureAlgorithm>([
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
]);

/** Whether the Notary Project has it. */
export function isAlgorithm(name: unknown): name is SignatureAlgorithm {
  return algorithms.has(name);
}

/** What is checked. */
export interface CheckedSignature {
  readonly signed: Uint8Array;
  /** Of an elliptic curve: both numbers, one behind the other. */
  readonly signature: Uint8Array;
  /** PSS with a salt of any length, as JWS is read; otherwise as long as the hash. */
  readonly hasAnySalt: boolean;
}

/** What is wrong with a signature; undefined where it holds. */
export function checkSignature(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
  { signed, signature, hasAnySalt }: CheckedSignature,
): string | undefined {
  const isElliptic = algorithm.startsWith("ES");
  if (key.asymmetricKeyType !== (isElliptic ? "ec" : "rsa")) return "key is of invalid type";
  const options = isElliptic
    ? { key, dsaEncoding: "ieee-p1363" as const }
    : {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: hasAnySalt ? constants.RSA_PSS_SALTLEN_AUTO : constants.RSA_PSS_SALTLEN_DIGEST,
      };
  try {
    if (verify(`sha${algorithm.slice(2)}`, signed, options, signature)) return undefined;
  } catch {
    // A key that is on no curve: it signed nothing.
  }
  return isElliptic ? "crypto/ecdsa: verification error" : "crypto/rsa: verification error";
}
