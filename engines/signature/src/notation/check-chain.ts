import { Buffer } from "node:buffer";
import type { KeyObject } from "node:crypto";
import { signatureError } from "../signature-error.ts";
import { isSignedBy, type ParsedCertificate } from "./certificate.ts";

const digitalSignature = 1;
const certSign = 1 << 5;
/** In the order of their bits. */
const otherUsages: readonly [number, string][] = [
  [1 << 2, "KeyEncipherment"],
  [1 << 3, "DataEncipherment"],
  [1 << 4, "KeyAgreement"],
  [1 << 5, "CertSign"],
  [1 << 6, "CRLSign"],
  [1 << 7, "EncipherOnly"],
  [1 << 8, "DecipherOnly"],
];
const excludedUsages: Readonly<Record<string, string>> = {
  "1.3.6.1.5.5.7.3.1": "ServerAuth",
  "1.3.6.1.5.5.7.3.2": "ClientAuth",
  "1.3.6.1.5.5.7.3.4": "EmailProtection",
  "1.3.6.1.5.5.7.3.8": "Timestamping",
  "1.3.6.1.5.5.7.3.9": "OCSPSigning",
};

/**
 * Checks that a chain may sign code: from a leaf for signatures alone to a root that signed itself, each issued by the next.
 * Source: notation-core-go `x509.ValidateCodeSigningCertChain`.
 * @throws EddyError SIGNATURE_INVALID in notation's words
 */
export function checkChain(chain: readonly ParsedCertificate[]): void {
  const [leaf] = chain;
  if (!leaf) throw invalid("certificate chain must contain at least one certificate");
  if (chain.length === 1) return checkAlone(leaf);
  for (const [index, certificate] of chain.entries()) {
    checkIssuer(certificate, chain[index + 1], index);
    if (index === 0) checkLeaf(certificate);
    else checkAuthority(certificate, index - 1);
  }
}

function checkAlone(leaf: ParsedCertificate): void {
  const { subject, publicKey, rawSubject, rawIssuer } = leaf;
  if (!isSignedBy(leaf, publicKey))
    throw invalid(`invalid self-signed certificate. subject: ${q(subject)}. Error: x509: verification failure`);
  if (!Buffer.from(rawSubject).equals(rawIssuer))
    throw invalid(
      `invalid self-signed certificate. subject: ${q(subject)}. Error: issuer and subject(${subject}) are not the same`,
    );
  checkLeaf(leaf, "invalid self-signed certificate. Error: ");
}

function checkIssuer(certificate: ParsedCertificate, parent: ParsedCertificate | undefined, index: number): void {
  const subject = q(certificate.subject);
  const self = issueProblem(certificate, certificate);
  if (!parent) {
    if (self === undefined) return;
    const must = "Certificate chain must end with a valid self-signed root certificate";
    const why = self === "" ? `is not self-signed. ${must}` : `is invalid or not self-signed. ${must}. Error: ${self}`;
    throw invalid(`root certificate with subject ${subject} ${why}`);
  }
  if (self === undefined) {
    const place = index === 0 ? "leaf" : "intermediate";
    throw invalid(
      `${place} certificate with subject ${subject} is self-signed. Certificate chain must not contain self-signed ${place} certificate`,
    );
  }
  const problem = issueProblem(certificate, parent);
  if (problem === "") throw invalid(`certificate with subject ${subject} is not issued by ${q(parent.subject)}`);
  if (problem !== undefined)
    throw invalid(
      `invalid certificates or certificate with subject ${subject} is not issued by ${q(parent.subject)}. Error: ${problem}`,
    );
}

/** Undefined: it is issued by that one; "": the signature is, and the name is another. Source: Go's `CheckSignatureFrom`. */
function issueProblem(certificate: ParsedCertificate, issuer: ParsedCertificate): string | undefined {
  const mayNotSign = issuer.keyUsage !== undefined && (issuer.keyUsage.bits & certSign) === 0;
  if (!issuer.isCa || mayNotSign)
    return "x509: invalid signature: parent certificate cannot sign this kind of certificate";
  if (!isSignedBy(certificate, issuer.publicKey)) return "x509: verification failure";
  return Buffer.from(issuer.rawSubject).equals(certificate.rawIssuer) ? undefined : "";
}

function checkLeaf(leaf: ParsedCertificate, lead = ""): void {
  const certificate = `certificate with subject ${q(leaf.subject)}`;
  if (leaf.hasBasicConstraints && leaf.isCa)
    throw invalid(
      `${lead}${certificate}: if the basic constraints extension is present, the ca field must be set to false`,
    );
  const bits = keyUsageOf(leaf, lead);
  if ((bits & digitalSignature) === 0)
    throw invalid(
      `${lead}the ${certificate} is invalid. The key usage must have the bit positions for "Digital Signature" set`,
    );
  const others = otherUsages.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => q(name));
  if (others.length > 0)
    throw invalid(
      `${lead}the ${certificate} is invalid. The key usage must be "Digital Signature" only, but found ${others.join(", ")}`,
    );
  for (const usage of leaf.extendedUsages) {
    const name = Object.hasOwn(excludedUsages, usage) ? excludedUsages[usage] : undefined;
    if (name !== undefined) throw invalid(`${lead}${certificate}: extended key usage must not contain ${name} eku`);
  }
  const key = signatureAlgorithmOf(leaf.publicKey);
  if (!key.algorithm) throw invalid(`${lead}${certificate}: ${key.problem}`);
}

function checkAuthority(certificate: ParsedCertificate, expectedLength: number): void {
  const { subject, hasBasicConstraints, isCa, maxPathLength } = certificate;
  const lead = `certificate with subject ${q(subject)}`;
  if (!hasBasicConstraints || !isCa)
    throw invalid(`${lead}: ca field in basic constraints must be present, critical, and set to true`);
  if (maxPathLength !== undefined && maxPathLength < expectedLength)
    throw invalid(
      `${lead}: expected path length of ${expectedLength} but certificate has path length ${maxPathLength} instead`,
    );
  if ((keyUsageOf(certificate, "") & certSign) === 0)
    throw invalid(`${lead}: key usage must have the bit positions for key cert sign set`);
}

function keyUsageOf({ subject, keyUsage }: ParsedCertificate, lead: string): number {
  if (!keyUsage) throw invalid(`${lead}certificate with subject ${q(subject)}: key usage extension must be present`);
  if (keyUsage.isCritical) return keyUsage.bits;
  throw invalid(`${lead}certificate with subject ${q(subject)}: key usage extension must be marked critical`);
}

/** How a key signs. */
export type SignatureAlgorithm = "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512";

const byModulus: Readonly<Record<number, SignatureAlgorithm>> = { 2048: "PS256", 3072: "PS384", 4096: "PS512" };
const byCurve: Readonly<Record<string, SignatureAlgorithm>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

/** The one algorithm that the Notary Project has for a key. Source: notation-core-go `algorithm.ExtractKeySpec`. */
export function signatureAlgorithmOf(key: KeyObject): { algorithm?: SignatureAlgorithm; problem?: string } {
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") {
    const algorithm = byModulus[modulusLength];
    return algorithm ? { algorithm } : { problem: `rsa key size ${modulusLength} bits is not supported` };
  }
  if (key.asymmetricKeyType !== "ec") return { problem: "unsupported public key type" };
  const algorithm = byCurve[namedCurve];
  return algorithm ? { algorithm } : { problem: `ecdsa key on the curve ${namedCurve} is not supported` };
}

function q(text: string): string {
  return JSON.stringify(text);
}

function invalid(message: string): Error {
  return signatureError("SIGNATURE_INVALID", message);
}
