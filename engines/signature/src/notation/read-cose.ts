import { Buffer } from "node:buffer";
import { messageOf } from "@eddy/core/errors";
import { signatureError } from "../signature-error.ts";
import { CborTagged, decodeCbor, encodeCborBytes, encodeCborText, type CborValue } from "./cbor.ts";
import { parseCertificate, type ParsedCertificate } from "./certificate.ts";
import { signatureAlgorithmOf, type SignatureAlgorithm } from "./check-chain.ts";
import { checkSignature } from "./check-signature.ts";
import { headers, maxChain, type NotationEnvelope, type SigningScheme } from "./envelope.ts";

const algorithmLabel = 1;
const criticalLabel = 2;
const contentTypeLabel = 3;
const chainLabel = 33;
const sign1Tag = 18;
const timeTag = 1;
const algorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  "-7": "ES256",
  "-35": "ES384",
  "-36": "ES512",
  "-37": "PS256",
  "-38": "PS384",
  "-39": "PS512",
};
const known: ReadonlySet<CborValue> = new Set<CborValue>([
  algorithmLabel,
  criticalLabel,
  contentTypeLabel,
  ...Object.values(headers),
]);

type Headers = ReadonlyMap<CborValue, CborValue>;

/**
 * Reads a COSE envelope (`application/cose`, a tagged COSE_Sign1) and checks its signature. Source: notation-core-go `signature/cose`,
 * RFC 9052.
 * @throws EddyError SIGNATURE_INVALID in notation's words
 */
export function readCose(bytes: Uint8Array): NotationEnvelope {
  const { protectedBytes, protectedHeaders, unprotectedHeaders, payload, signature } = readMessage(bytes);
  const chain = readChain(unprotectedHeaders.get(chainLabel));
  const own = signatureAlgorithmOf(chain[0].publicKey);
  if (!own.algorithm) throw invalid(own.problem ?? "signing key is not supported");
  const algorithm = algorithmOf(protectedHeaders);
  if (algorithm !== own.algorithm)
    throw invalid(`signature is invalid. Error: algorithm mismatch: verifier ${own.algorithm}: header ${algorithm}`);
  const signed = Buffer.concat([
    Buffer.from([0x84]),
    encodeCborText("Signature1"),
    encodeCborBytes(protectedBytes),
    encodeCborBytes(new Uint8Array()),
    encodeCborBytes(payload),
  ]);
  if (checkSignature(chain[0].publicKey, algorithm, { signed, signature, hasAnySalt: false }) !== undefined)
    throw invalid("signature is invalid. Error: verification error");
  return { ...readAttributes(protectedHeaders), algorithm, chain, payload };
}

interface Message {
  readonly protectedBytes: Uint8Array;
  readonly protectedHeaders: Headers;
  readonly unprotectedHeaders: Headers;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

function readMessage(bytes: Uint8Array): Message {
  const message = decodeCbor(bytes);
  const parts = message instanceof CborTagged && message.tag === sign1Tag ? message.value : undefined;
  if (!Array.isArray(parts) || parts.length !== 4) throw invalid("cbor: invalid COSE_Sign1_Tagged object");
  const [protectedBytes, unprotectedHeaders, payload, signature] = parts as CborValue[];
  if (!(protectedBytes instanceof Uint8Array) || !(unprotectedHeaders instanceof Map))
    throw invalid("cbor: invalid headers");
  if (!(payload instanceof Uint8Array)) throw invalid("missing payload");
  if (!(signature instanceof Uint8Array) || signature.length === 0) throw invalid("empty signature");
  const protectedHeaders = decodeCbor(protectedBytes);
  if (!(protectedHeaders instanceof Map)) throw invalid("cbor: protected header: require map type");
  for (const label of protectedHeaders.keys())
    if (unprotectedHeaders.has(label)) throw invalid(`cbor: the label ${String(label)} is in both headers`);
  return { protectedBytes, protectedHeaders, unprotectedHeaders, payload, signature };
}

function readChain(value: CborValue): [ParsedCertificate, ...ParsedCertificate[]] {
  if (!Array.isArray(value) || value.length === 0) throw invalid("certificate chain is not present");
  if (value.length > maxChain) throw invalid(`certificate chain has more than ${maxChain} certificates`);
  const chain = (value as readonly CborValue[]).map((der, index) => {
    if (!(der instanceof Uint8Array))
      throw invalid(index === 0 ? "COSE envelope malformed leaf certificate" : "certificate chain is not present");
    try {
      return parseCertificate(der);
    } catch (cause) {
      throw signatureError("SIGNATURE_INVALID", index === 0 ? "malformed leaf certificate" : messageOf(cause), cause);
    }
  });
  return chain as [ParsedCertificate, ...ParsedCertificate[]];
}

function algorithmOf(protectedHeaders: Headers): SignatureAlgorithm {
  const number = protectedHeaders.get(algorithmLabel);
  const algorithm = typeof number === "number" ? algorithms[String(number)] : undefined;
  if (algorithm) return algorithm;
  throw invalid(`signature algorithm not supported: ${String(number)}`);
}

function readAttributes(
  protectedHeaders: Headers,
): Pick<NotationEnvelope, "contentType" | "scheme" | "signingTimeMs" | "expiryMs" | "extended"> {
  const contentType = protectedHeaders.get(contentTypeLabel);
  if (contentType === undefined) throw invalid("missing content type");
  if (typeof contentType !== "string") throw invalid("content type should be of 'tstr' type");
  const { scheme, critical } = checkCritical(protectedHeaders);
  const isByAuthority = scheme === "notary.x509.signingAuthority";
  const time = isByAuthority ? headers.authenticSigningTime : headers.signingTime;
  const signingTimeMs = explaining("invalid signingTime", () => timeOf(protectedHeaders, time));
  const expiryMs = protectedHeaders.has(headers.expiry)
    ? explaining("invalid expiry", () => timeOf(protectedHeaders, headers.expiry))
    : undefined;
  const extended = [...protectedHeaders].filter(([label]) => !known.has(label));
  return {
    contentType,
    scheme,
    signingTimeMs,
    ...(expiryMs === undefined ? {} : { expiryMs }),
    extended: new Map(
      extended.map(([label, value]) => [String(label), { isCritical: critical.includes(label), value }]),
    ),
  };
}

function checkCritical(protectedHeaders: Headers): { scheme: SigningScheme; critical: readonly CborValue[] } {
  const critical = protectedHeaders.get(criticalLabel);
  if (!Array.isArray(critical) || critical.length === 0) throw invalid("invalid critical headers");
  for (const label of critical as readonly CborValue[])
    if (!protectedHeaders.has(label)) throw invalid(`missing critical header: ${String(label)}`);
  const scheme = protectedHeaders.get(headers.scheme);
  if (typeof scheme !== "string") throw invalid("invalid signingScheme");
  const wanted = new Set<CborValue>([headers.scheme]);
  if (scheme === "notary.x509.signingAuthority") wanted.add(headers.authenticSigningTime);
  if (protectedHeaders.has(headers.expiry)) wanted.add(headers.expiry);
  for (const label of critical as readonly CborValue[]) wanted.delete(label);
  if (wanted.size > 0) throw invalid(`these required headers are not marked as critical: [${[...wanted].join(" ")}]`);
  if (scheme === "notary.x509" || scheme === "notary.x509.signingAuthority") return { scheme, critical };
  throw invalid(`unsupported signingScheme: ${scheme}`);
}

function timeOf(protectedHeaders: Headers, label: string): number {
  const value = protectedHeaders.get(label);
  if (value === undefined) throw new Error(`protected header ${JSON.stringify(label)} is missing`);
  const seconds = value instanceof CborTagged && value.tag === timeTag ? value.value : undefined;
  if (typeof seconds !== "number" || !Number.isFinite(seconds))
    throw new Error("only Tag `1` Datetime CBOR object is supported");
  return seconds * 1_000;
}

function explaining<T>(lead: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw signatureError("SIGNATURE_INVALID", `${lead}: ${messageOf(cause)}`, cause);
  }
}

function invalid(message: string): Error {
  return signatureError("SIGNATURE_INVALID", message);
}
