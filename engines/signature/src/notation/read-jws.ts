import { Buffer } from "node:buffer";
import { messageOf } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import { signatureError } from "../signature-error.ts";
import { parseCertificate, type ParsedCertificate } from "./certificate.ts";
import { checkSignature, isAlgorithm } from "./check-signature.ts";
import { headers, maxChain, type NotationEnvelope, type SigningScheme } from "./envelope.ts";

const known: ReadonlySet<string> = new Set(["alg", "cty", "crit", ...Object.values(headers)]);

/**
 * Reads a JWS envelope (`application/jose+json`) and checks its signature. Source: notation-core-go `signature/jws`.
 * @throws EddyError SIGNATURE_INVALID in notation's words
 */
export function readJws(bytes: Uint8Array): NotationEnvelope {
  const envelope = parseObject(Buffer.from(bytes).toString("utf8"), "");
  const { payload, protected: head, signature, header } = envelope;
  if (typeof payload !== "string" || typeof head !== "string" || typeof signature !== "string")
    throw invalid("signature envelope format is invalid");
  const chain = readChain(isObject(header) ? header["x5c"] : undefined);
  const attributes = parseObject(
    decode(head, urlBase64, "base64url").toString("utf8"),
    "jws envelope protected header can't be decoded: ",
  );
  const algorithm = attributes["alg"];
  if (!isAlgorithm(algorithm)) throw invalid(`signature algorithm ${JSON.stringify(algorithm)} is not supported`);
  const signed = Buffer.from(`${head}.${payload}`);
  const problem = checkSignature(chain[0].publicKey, algorithm, {
    signed,
    signature: decode(signature, urlBase64, "base64url"),
    hasAnySalt: true,
  });
  if (problem !== undefined) throw invalid(`signature is invalid. Error: ${problem}`);
  return { ...readAttributes(attributes), algorithm, chain, payload: decode(payload, urlBase64, "base64url") };
}

const standardBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const urlBase64 = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$/;

/** Bytes of a text that is nothing but base64: Node passes over what is not. */
function decode(text: unknown, form: RegExp, encoding: "base64" | "base64url"): Buffer {
  if (typeof text === "string" && form.test(text)) return Buffer.from(text, encoding);
  throw invalid("illegal base64 data");
}

function parseObject(text: string, lead: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value as JsonObject;
  } catch (cause) {
    throw signatureError("SIGNATURE_INVALID", `${lead}${messageOf(cause)}`, cause);
  }
  throw invalid(`${lead}want an object`);
}

function readChain(x5c: unknown): [ParsedCertificate, ...ParsedCertificate[]] {
  if (!Array.isArray(x5c) || x5c.length === 0) throw invalid("certificate chain is not present");
  if (x5c.length > maxChain) throw invalid(`certificate chain has more than ${maxChain} certificates`);
  const chain = x5c.map((text, index) => {
    try {
      return parseCertificate(decode(text, standardBase64, "base64"));
    } catch (cause) {
      throw signatureError("SIGNATURE_INVALID", index === 0 ? "malformed leaf certificate" : messageOf(cause), cause);
    }
  });
  return chain as [ParsedCertificate, ...ParsedCertificate[]];
}

function readAttributes(
  attributes: JsonObject,
): Pick<NotationEnvelope, "contentType" | "scheme" | "signingTimeMs" | "expiryMs" | "extended"> {
  const scheme = schemeOf(attributes);
  const expiryMs = timeOf(attributes, headers.expiry);
  const extended = Object.keys(attributes).filter((name) => !known.has(name));
  const critical = checkCritical(attributes, { scheme, hasExpiry: expiryMs !== undefined, extended });
  const isByAuthority = scheme === "notary.x509.signingAuthority";
  const signingTimeMs = timeOf(attributes, isByAuthority ? headers.authenticSigningTime : headers.signingTime);
  return {
    contentType: String(attributes["cty"] ?? ""),
    scheme,
    ...(signingTimeMs === undefined ? {} : { signingTimeMs }),
    ...(expiryMs === undefined ? {} : { expiryMs }),
    extended: new Map(extended.map((name) => [name, { isCritical: critical.includes(name), value: attributes[name] }])),
  };
}

function schemeOf(attributes: JsonObject): SigningScheme {
  const scheme = attributes[headers.scheme] ?? "";
  const has = (name: string): boolean => (attributes[name] ?? null) !== null;
  if (scheme === "notary.x509") {
    if (!has(headers.authenticSigningTime)) return scheme;
    throw invalid(`${q(headers.authenticSigningTime)} header must not be present for ${scheme} signing scheme`);
  }
  if (scheme !== "notary.x509.signingAuthority") throw invalid(`unsupported SigningScheme: \`${String(scheme)}\``);
  if (has(headers.signingTime))
    throw invalid(`${q(headers.signingTime)} header must not be present for ${scheme} signing scheme`);
  if (has(headers.authenticSigningTime)) return scheme;
  throw invalid(`${q(headers.authenticSigningTime)} header must be present for notary.x509 signing scheme`);
}

function checkCritical(
  attributes: JsonObject,
  { scheme, hasExpiry, extended }: { scheme: SigningScheme; hasExpiry: boolean; extended: readonly string[] },
): readonly unknown[] {
  const critical = attributes["crit"];
  if (!Array.isArray(critical) || critical.length === 0) throw invalid('missing "crit" header');
  const wanted = new Set<unknown>([headers.scheme]);
  if (hasExpiry) wanted.add(headers.expiry);
  if (scheme === "notary.x509.signingAuthority") wanted.add(headers.authenticSigningTime);
  for (const name of critical) {
    if (wanted.delete(name) || extended.includes(String(name))) continue;
    throw invalid(`${q(String(name))} header is marked critical but not present`);
  }
  if (wanted.size > 0) throw invalid(`these required headers are not marked as critical: [${[...wanted].join(" ")}]`);
  return critical;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function timeOf(attributes: JsonObject, name: string): number | undefined {
  const text = attributes[name] ?? undefined;
  if (text === undefined) return undefined;
  const time = typeof text === "string" && rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw invalid(`jws envelope protected header can't be decoded: parsing time of ${q(name)}`);
}

function q(text: string): string {
  return JSON.stringify(text);
}

function invalid(message: string): Error {
  return signatureError("SIGNATURE_INVALID", message);
}
