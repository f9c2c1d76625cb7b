import { createHash, randomBytes, sign, type KeyObject } from "node:crypto";
import { bitString, der, explicit, integer, objectId, octets, sequence, utcTime, utf8 } from "./der.ts";

/** A key pair of the P-256 curve. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** What a certificate says. */
export interface CertificateContent {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly key: KeyPair };
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Buffer[];
}

const ecdsaSha256 = sequence(objectId("1.2.840.10045.4.3.2"));
const isTrue = der(0x01, Buffer.from([0xff]));

/** The key as X.509 writes it. */
export function spki(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** An extension. */
export function extension(oid: string, value: Uint8Array, options: { critical?: boolean } = {}): Buffer {
  return sequence(objectId(oid), ...(options.critical ? [isTrue] : []), octets(value));
}

/** What names a key: SHA-1 over it. */
export function keyIdOf(key: KeyObject): Buffer {
  return createHash("sha1").update(spki(key)).digest();
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(objectId("2.5.4.3"), utf8(text))));
}

/** What is signed of a certificate. `serial` makes a certificate and its precertificate one. */
export function toBeSigned(content: CertificateContent, serial: Uint8Array): Buffer {
  return sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaSha256,
    nameOf(content.issuer.name),
    sequence(utcTime(content.notBefore), utcTime(content.notAfter)),
    content.subject === "" ? sequence() : nameOf(content.subject),
    spki(content.publicKey),
    explicit(3, sequence(...content.extensions)),
  );
}

/** A signed certificate, DER. */
export function makeCertificate(content: CertificateContent, serial: Uint8Array = randomSerial()): Buffer {
  const tbs = toBeSigned(content, serial);
  return sequence(tbs, ecdsaSha256, bitString(sign("sha256", tbs, content.issuer.key.privateKey)));
}

/** A serial number that nobody else has. */
export function randomSerial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** PEM of a certificate. */
export function pemOf(certificate: Uint8Array): string {
  const lines =
    Buffer.from(certificate)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
