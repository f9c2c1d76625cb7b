import { Buffer } from "node:buffer";
import { createHash, createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { quoteGoString } from "../../fmt/quote.ts";
import { CallError } from "../call-error.ts";
import { parseIp } from "../parse-ip.ts";
import { bits, derNull, derTrue, element, objectId, octets, sequence, set, text, time, unsigned } from "./der.ts";
import { publicKeyOf } from "./private-key.ts";
import { decodePem } from "./pem.ts";
import { readSequence, type DerElement } from "@eddy/core/der";

/** What a certificate says. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly ips: readonly string[];
  readonly dnsNames: readonly string[];
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 16 random bytes. */
  readonly serial: bigint;
  readonly isAuthority: boolean;
}

/** Who signs. */
export interface Signer {
  readonly key: KeyObject;
  /** The DER name; the certificate's own subject if it signs itself. */
  readonly name: Uint8Array | undefined;
  readonly keyId: Uint8Array | undefined;
}

/** Signature algorithms by key. Source: Go's crypto/x509. */
function signatureOf(key: KeyObject): { algorithm: Buffer; hash: string | null } {
  if (key.asymmetricKeyType === "rsa") {
    return { algorithm: sequence(objectId("1.2.840.113549.1.1.11"), derNull), hash: "sha256" };
  }
  if (key.asymmetricKeyType === "ed25519") return { algorithm: sequence(objectId("1.3.101.112")), hash: null };
  if (key.asymmetricKeyType !== "ec") throw unsupported();
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === "secp384r1") return { algorithm: sequence(objectId("1.2.840.10045.4.3.3")), hash: "sha384" };
  if (curve === "secp521r1") return { algorithm: sequence(objectId("1.2.840.10045.4.3.4")), hash: "sha512" };
  return { algorithm: sequence(objectId("1.2.840.10045.4.3.2")), hash: "sha256" };
}

function unsupported(): CallError {
  return new CallError("error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported");
}

function nameOf(commonName: string): Buffer {
  if (commonName === "") return sequence();
  return sequence(set(sequence(objectId("2.5.4.3"), text(commonName))));
}

function instant(epochSeconds: number): Buffer {
  const date = new Date(epochSeconds * 1_000);
  const digits = date.toISOString().replace(/\.\d+Z$|[-:T]/g, "");
  return time(digits, date.getUTCFullYear());
}

function extension(id: string, isCritical: boolean, value: Uint8Array): Buffer {
  return sequence(objectId(id), ...(isCritical ? [derTrue] : []), octets(value));
}

function alternativeNames({ ips, dnsNames, commonName }: CertificateRequest): Buffer[] {
  if (ips.length + dnsNames.length === 0) return [];
  const names = dnsNames.map((name) => {
    // oxlint-disable-next-line no-control-regex -- ASCII is meant
    if (/[^\u0000-\u007f]/.test(name)) {
      throw new CallError(`error creating certificate: x509: ${quoteGoString(name)} cannot be encoded as an IA5String`);
    }
    return element(0x82, Buffer.from(name));
  });
  const addresses = ips.map((ip) => element(0x87, parseIp(ip) as Uint8Array));
  return [extension("2.5.29.17", commonName === "", sequence(...names, ...addresses))];
}

function extensions(request: CertificateRequest, publicBits: Uint8Array, authority: Uint8Array | undefined): Buffer {
  const { isAuthority } = request;
  // digitalSignature and keyEncipherment; keyCertSign for an authority.
  const usage = isAuthority ? bits(Uint8Array.of(0xa4), 2) : bits(Uint8Array.of(0xa0), 5);
  const keyId = createHash("sha256").update(publicBits).digest().subarray(0, 20);
  return element(
    0xa3,
    sequence(
      extension("2.5.29.15", true, usage),
      extension("2.5.29.37", false, sequence(objectId("1.3.6.1.5.5.7.3.1"), objectId("1.3.6.1.5.5.7.3.2"))),
      extension("2.5.29.19", true, isAuthority ? sequence(derTrue) : sequence()),
      ...(isAuthority ? [extension("2.5.29.14", false, octets(keyId))] : []),
      ...(authority === undefined ? [] : [extension("2.5.29.35", false, sequence(element(0x80, authority)))]),
      ...alternativeNames(request),
    ),
  );
}

/**
 * A certificate as DER, as Go's x509.CreateCertificate makes it of sprig's template.
 * @throws CallError in Go's words
 */
export function makeCertificate(request: CertificateRequest, subject: KeyObject, signer: Signer): Buffer {
  const { algorithm, hash } = signatureOf(signer.key);
  const { info, bits: publicBits } = publicKeyOf(subject);
  const name = nameOf(request.commonName);
  const issuer = signer.name ?? name;
  const isOther = Buffer.compare(issuer, name) !== 0;
  const body = sequence(
    element(0xa0, unsigned(2n)),
    unsigned(request.serial),
    algorithm,
    issuer,
    sequence(instant(request.notBefore), instant(request.notAfter)),
    name,
    info,
    extensions(request, publicBits, isOther ? signer.keyId : undefined),
  );
  return sequence(body, algorithm, bits(sign(hash, body, signer.key)));
}

/** What is needed of a certificate to sign others with its key. */
export interface SignerCertificate {
  readonly name: Uint8Array;
  readonly keyId: Uint8Array | undefined;
  readonly publicKey: KeyObject;
}

/** The certificate of a PEM text; undefined for bytes that are none, an error for no PEM at all. */
export function readCertificate(pem: string, variable: string): SignerCertificate {
  const block = decodePem(pem);
  if (block === undefined) throw new CallError("unable to decode certificate");
  const malformed = (): CallError =>
    new CallError(`error parsing certificate: ${variable}: x509: malformed certificate`);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block.bytes);
  } catch {
    throw malformed();
  }
  const [body] = readSequence(certificate.raw) ?? [];
  const fields = body === undefined ? undefined : readSequence(body.whole);
  if (fields === undefined) throw malformed();
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  const name = fields[first + 4];
  if (name === undefined) throw malformed();
  return { name: name.whole, keyId: subjectKeyId(fields), publicKey: certificate.publicKey };
}

const subjectKeyIdentifier = objectId("2.5.29.14");

function subjectKeyId(fields: readonly DerElement[]): Uint8Array | undefined {
  const list = fields.find(({ tag }) => tag === 0xa3);
  for (const { whole } of (list === undefined ? undefined : readSequence(list.content)) ?? []) {
    const [id, ...rest] = readSequence(whole) ?? [];
    if (id === undefined || Buffer.compare(id.whole, subjectKeyIdentifier) !== 0) continue;
    const value = rest.at(-1)?.content;
    // An octet string within the octet string of the extension.
    return value?.[0] === 4 ? value.subarray(2) : undefined;
  }
  return undefined;
}

/** @throws CallError when a certificate belongs to another key */
export function checkKeyMatches(certificate: SignerCertificate, key: KeyObject): void {
  if (createPublicKey(key).equals(certificate.publicKey)) return;
  throw new CallError("error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey");
}
