import { Buffer } from "node:buffer";
import { type KeyObject, X509Certificate } from "node:crypto";
import { readElements, type DerElement } from "@eddy/core/der";
import { messageOf } from "@eddy/core/errors";
import { signatureError } from "../signature-error.ts";
import { formatName, formatOid } from "./distinguished-name.ts";

/** A certificate, with what `node:crypto` does not tell of it. */
export interface ParsedCertificate {
  readonly x509: X509Certificate;
  readonly publicKey: KeyObject;
  /** The name as Go prints it. */
  readonly subject: string;
  readonly rawSubject: Uint8Array;
  readonly rawIssuer: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly isCa: boolean;
  readonly hasBasicConstraints: boolean;
  readonly maxPathLength?: number;
  /** Bit 0 is digitalSignature. Absent without the extension. */
  readonly keyUsage?: { readonly bits: number; readonly isCritical: boolean };
  /** Object identifiers. */
  readonly extendedUsages: readonly string[];
  /** Names where it can be asked whether it is revoked. */
  readonly isRevocable: boolean;
}

const maxCertificates = 100;

/** The certificates of a file: the first PEM block, or DER. Source: source-controller `trustStore.GetCertificates`. */
export function parseCertificates(bytes: Uint8Array): ParsedCertificate[] {
  const der = firstPemBlock(Buffer.from(bytes).toString("latin1")) ?? bytes;
  const elements = readElements(der);
  if (elements === undefined) throw signatureError("SIGNATURE_KEY", "x509: malformed certificate");
  if (elements.length > maxCertificates)
    throw signatureError("SIGNATURE_KEY", `more than ${maxCertificates} certificates in a file`);
  return elements.map(({ whole }) => parseCertificate(whole));
}

function firstPemBlock(text: string): Uint8Array | undefined {
  const begin = text.indexOf("-----BEGIN ");
  const start = text.indexOf("\n", begin);
  const end = text.indexOf("-----END ", start);
  if (begin < 0 || start < 0 || end < 0) return undefined;
  const lines = text.slice(start + 1, end).split("\n");
  return Buffer.from(lines.filter((line) => !line.includes(":")).join(""), "base64");
}

/** Reads one certificate. @throws EddyError SIGNATURE_KEY (terminal) */
export function parseCertificate(der: Uint8Array): ParsedCertificate {
  let x509: X509Certificate;
  let publicKey: KeyObject;
  try {
    x509 = new X509Certificate(der);
    publicKey = x509.publicKey;
  } catch (cause) {
    throw signatureError("SIGNATURE_KEY", `x509: malformed certificate: ${messageOf(cause)}`, cause);
  }
  const [body] = readElements(readElements(x509.raw)?.[0]?.content ?? new Uint8Array()) ?? [];
  const fields = readElements(body?.content ?? new Uint8Array()) ?? [];
  // A version stands before the serial number, in all but the oldest certificates.
  const [, , issuer, , subject] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  if (!issuer || !subject) throw signatureError("SIGNATURE_KEY", "x509: malformed certificate");
  const extensions = extensionsOf(fields);
  return {
    x509,
    publicKey,
    subject: formatName(subject.whole),
    rawSubject: subject.whole,
    rawIssuer: issuer.whole,
    notBeforeMs: Date.parse(x509.validFrom),
    notAfterMs: Date.parse(x509.validTo),
    ...basicConstraintsOf(extensions.get("2.5.29.19")),
    ...keyUsageOf(extensions.get("2.5.29.15")),
    extendedUsages: identifiersOf(extensions.get("2.5.29.37")),
    isRevocable: extensions.has("2.5.29.31") || namesOcsp(extensions.get("1.3.6.1.5.5.7.1.1")),
  };
}

interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

function extensionsOf(fields: readonly DerElement[]): Map<string, Extension> {
  const holder = fields.find(({ tag }) => tag === 0xa3);
  const list = readElements(readElements(holder?.content ?? new Uint8Array())?.[0]?.content ?? new Uint8Array());
  const extensions = new Map<string, Extension>();
  for (const { content } of list ?? []) {
    const parts = readElements(content) ?? [];
    const [type, value] = [parts[0], parts.at(-1)];
    if (!type || !value) continue;
    const isCritical = parts.length > 2 && parts[1]?.content[0] === 0xff;
    extensions.set(formatOid(type.content), { isCritical, value: value.content });
  }
  return extensions;
}

function basicConstraintsOf(
  extension: Extension | undefined,
): Pick<ParsedCertificate, "hasBasicConstraints" | "isCa" | "maxPathLength"> {
  if (!extension) return { hasBasicConstraints: false, isCa: false };
  const parts = readElements(readElements(extension.value)?.[0]?.content ?? new Uint8Array()) ?? [];
  const isCa = parts.some(({ tag, content }) => tag === 1 && content[0] === 0xff);
  const length = parts.find(({ tag }) => tag === 2);
  const maxPathLength =
    length && Number.parseInt(Buffer.from(length.content.subarray(0, 4)).toString("hex") || "0", 16);
  return { hasBasicConstraints: true, isCa, ...(maxPathLength === undefined ? {} : { maxPathLength }) };
}

/** Bits are counted from the highest of the first byte. */
function keyUsageOf(extension: Extension | undefined): Pick<ParsedCertificate, "keyUsage"> {
  const content = extension && readElements(extension.value)?.[0]?.content;
  if (!extension || !content) return {};
  let bits = 0;
  for (let bit = 0; bit < 9; bit++) if (((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0) bits |= 1 << bit;
  return { keyUsage: { bits, isCritical: extension.isCritical } };
}

function identifiersOf(extension: Extension | undefined): string[] {
  const list = readElements(readElements(extension?.value ?? new Uint8Array())?.[0]?.content ?? new Uint8Array());
  return (list ?? []).map(({ content }) => formatOid(content));
}

function namesOcsp(extension: Extension | undefined): boolean {
  const list = readElements(readElements(extension?.value ?? new Uint8Array())?.[0]?.content ?? new Uint8Array());
  return (list ?? []).some(({ content }) => {
    const method = readElements(content)?.[0];
    return method !== undefined && formatOid(method.content) === "1.3.6.1.5.5.7.48.1";
  });
}

/** Whether a key signed it. */
export function isSignedBy({ x509 }: ParsedCertificate, key: KeyObject): boolean {
  try {
    return x509.verify(key);
  } catch {
    return false;
  }
}

/** Whether the same bytes. */
export function isSameCertificate(one: ParsedCertificate, other: ParsedCertificate): boolean {
  return one.x509.raw.equals(other.x509.raw);
}
