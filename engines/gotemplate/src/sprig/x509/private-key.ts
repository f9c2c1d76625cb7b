import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { CallError } from "../call-error.ts";
import { readElements, readSequence } from "@eddy/core/der";
import { decodePem, encodePem } from "./pem.ts";
import { sequence, unsigned } from "./der.ts";
import type { DsaNumbers } from "./make-key.ts";

/** A private key with its PEM block; DSA keys can be shown, but sign nothing. */
export type PrivateKey =
  | { readonly key: KeyObject; readonly pem: string }
  | { readonly key: undefined; readonly pem: string };

/** A key as sprig writes it: RSA and EC in their own forms, others as PKCS #8. */
export function describeKey(key: KeyObject): PrivateKey {
  if (key.asymmetricKeyType === "rsa") {
    return { key, pem: encodePem({ type: "RSA PRIVATE KEY", bytes: key.export({ type: "pkcs1", format: "der" }) }) };
  }
  if (key.asymmetricKeyType === "ec") {
    return { key, pem: encodePem({ type: "EC PRIVATE KEY", bytes: key.export({ type: "sec1", format: "der" }) }) };
  }
  return { key, pem: encodePem({ type: "PRIVATE KEY", bytes: key.export({ type: "pkcs8", format: "der" }) }) };
}

/** A DSA key in the form that sprig writes, which is OpenSSL's old one. */
export function describeDsaKey(numbers: DsaNumbers): PrivateKey {
  return {
    key: undefined,
    pem: encodePem({ type: "DSA PRIVATE KEY", bytes: sequence(...[0n, ...numbers].map(unsigned)) }),
  };
}

interface KeyForm {
  readonly type: "pkcs1" | "pkcs8" | "sec1";
  readonly failure: string;
}

const forms: Readonly<Record<string, KeyForm>> = {
  "PRIVATE KEY": { type: "pkcs8", failure: "decoding PEM as PKCS#8" },
  "RSA PRIVATE KEY": { type: "pkcs1", failure: "parsing RSA private key from PEM" },
  "EC PRIVATE KEY": { type: "sec1", failure: "parsing EC private key from PEM" },
};

/**
 * A private key from PEM.
 * @throws CallError in sprig's words; the reason behind it is shorter than Go's
 */
export function readPrivateKey(text: string): PrivateKey {
  const block = decodePem(text);
  if (block === undefined) throw new CallError("no PEM data in input");
  const form = Object.hasOwn(forms, block.type) ? forms[block.type] : undefined;
  if (form !== undefined) return describeKey(readKey(block.bytes, form));
  if (!block.type.endsWith(" PRIVATE KEY")) {
    throw new CallError(`no private key data in PEM block of type ${block.type}`);
  }
  if (block.type !== "DSA PRIVATE KEY") throw new CallError(`invalid private key type ${block.type}`);
  if (readSequence(block.bytes)?.length !== 6) {
    throw new CallError("parsing DSA private key from PEM: asn1: syntax error: data truncated");
  }
  return { key: undefined, pem: encodePem(block) };
}

function readKey(bytes: Uint8Array, { type, failure }: KeyForm): KeyObject {
  const actual = formOf(bytes);
  if (actual !== undefined && actual !== type) {
    throw new CallError(
      `${failure}: x509: failed to parse private key (use ${parsers[actual]} instead for this key format)`,
    );
  }
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: "der", type });
  } catch {
    const prefix = type === "sec1" ? "x509: failed to parse EC private key: " : "";
    const what =
      readElements(bytes) === undefined ? "syntax error: data truncated" : "structure error: tags don't match";
    throw new CallError(`${failure}: ${prefix}asn1: ${what}`);
  }
}

const parsers: Readonly<Record<KeyForm["type"], string>> = {
  pkcs1: "ParsePKCS1PrivateKey",
  pkcs8: "ParsePKCS8PrivateKey",
  sec1: "ParseECPrivateKey",
};

/** What a key is by its first elements: Go tells when it is one of another form. */
function formOf(bytes: Uint8Array): KeyForm["type"] | undefined {
  const [version, second] = readSequence(bytes) ?? [];
  if (version?.tag !== 0x02) return undefined;
  if (second?.tag === 0x30) return "pkcs8";
  return second?.tag === 0x04 ? "sec1" : second?.tag === 0x02 ? "pkcs1" : undefined;
}

/** The public key as the certificate holds it (SubjectPublicKeyInfo), and the bits of the key alone. */
export function publicKeyOf(key: KeyObject): { info: Uint8Array; bits: Uint8Array } {
  const info = createPublicKey(key).export({ type: "spki", format: "der" });
  const [, bitString] = readSequence(info) ?? [];
  return { info, bits: bitString?.content.subarray(1) ?? new Uint8Array() };
}
