import { Buffer } from "node:buffer";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { signatureError } from "../signature-error.ts";
import { isSameCertificate, parseCertificates, type ParsedCertificate } from "./certificate.ts";
import { checkChain, signatureAlgorithmOf } from "./check-chain.ts";
import { isSubsetName, parseDistinguishedName } from "./distinguished-name.ts";
import { payloadType, type NotationEnvelope } from "./envelope.ts";
import { readCose } from "./read-cose.ts";
import { readJws } from "./read-jws.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import type { ValidationType } from "./verification-level.ts";

/** A signature of the Notary Project, and what it must be of. */
export interface NotationSignature {
  /** `application/jose+json` or `application/cose`. */
  readonly mediaType: string;
  readonly envelope: Uint8Array;
  /** The manifest of the artifact. */
  readonly target: { readonly mediaType: string; readonly digest: string; readonly size: number };
}

/** Whom to believe, and when. */
export interface NotationTrust {
  readonly policy: TrustPolicy;
  /** Files with certificates; every trust store of the policy has all of them, as in Flux. */
  readonly certificates: readonly Uint8Array[];
  readonly nowMs: number;
}

/** A check that failed without refusing the signature: the policy says that it is told. */
export interface NotationRemark {
  readonly type: ValidationType;
  readonly message: string;
}

const maxEnvelopeBytes = 4 * 1024 * 1024;
const pluginHeader = "io.cncf.notary.verificationPlugin";

/**
 * Verifies a signature by a trust policy. Not asked: whether certificates are revoked (one that can be is of unknown status), and time
 * stamping authorities. Source: notation-go 1.3 `verifier.Verify`.
 * @returns what failed and is only told; without a remark of `authenticity` the signer is known
 * @throws EddyError SIGNATURE_INVALID in notation's words
 */
export function verifyNotation(signature: NotationSignature, trust: NotationTrust): readonly NotationRemark[] {
  const { policy } = trust;
  if (policy.level.name === "skip") return [];
  const envelope = checkIntegrity(signature);
  checkPlugin(envelope);
  const remarks: NotationRemark[] = [];
  const check = (type: ValidationType, action: () => void): void => {
    if (policy.level.actions[type] === "skip") return;
    try {
      action();
    } catch (error) {
      if (policy.level.actions[type] === "enforce") throw asInvalid(error);
      remarks.push({ type, message: messageOf(error) });
    }
  };
  check("authenticity", () => checkAuthenticity(envelope, trust));
  check("expiry", () => checkExpiry(envelope, trust.nowMs));
  check("authenticTimestamp", () => checkTime(envelope, trust));
  check("revocation", () => checkRevocation(envelope));
  checkTarget(envelope, signature.target);
  return remarks;
}

function asInvalid(error: unknown): EddyError {
  if (error instanceof EddyError && error.code === "SIGNATURE_INVALID") return error;
  return signatureError("SIGNATURE_INVALID", messageOf(error), error);
}

function checkIntegrity({ mediaType, envelope: bytes }: NotationSignature): NotationEnvelope {
  if (bytes.length > maxEnvelopeBytes)
    throw invalid(`unable to parse the digital signature, error : more than ${maxEnvelopeBytes} bytes`);
  const read = { "application/jose+json": readJws, "application/cose": readCose }[mediaType];
  if (!read)
    throw invalid(
      `unable to parse the digital signature, error : signature envelope format with media type ${JSON.stringify(mediaType)} is not supported`,
    );
  const envelope = read(bytes);
  if (envelope.payload.length === 0) throw invalid("content not present");
  const { signingTimeMs, expiryMs, chain, algorithm, contentType } = envelope;
  if (signingTimeMs === undefined) throw invalid("signing-time not present");
  if (expiryMs !== undefined && expiryMs <= signingTimeMs)
    throw invalid("expiry cannot be equal or before the signing time");
  try {
    checkChain(chain);
  } catch (error) {
    throw invalid(`certificate-chain is invalid, ${messageOf(error)}`);
  }
  const own = chain[0] && signatureAlgorithmOf(chain[0].publicKey).algorithm;
  if (own !== algorithm)
    throw invalid(
      `mismatch between signature algorithm derived from signing certificate (${own}) and signing algorithm specified (${algorithm})`,
    );
  if (contentType !== payloadType) throw invalid(`payload content type ${JSON.stringify(contentType)} not supported`);
  return envelope;
}

function checkPlugin({ extended }: NotationEnvelope): void {
  const plugin = extended.get(pluginHeader);
  if (plugin) {
    if (!plugin.isCritical) throw invalid(`${pluginHeader} is not a critical Extended attribute`);
    if (typeof plugin.value !== "string") throw invalid(`${pluginHeader} from extended attribute is not a string`);
    if (plugin.value.trim() === "") throw invalid(`${pluginHeader} from extended attribute is an empty string`);
    throw invalid("plugin unsupported due to nil verifier.pluginManager");
  }
}

/** Of two problems, the one that notation tells: the first that refuses, or the last that is only told. */
function checkAuthenticity(envelope: NotationEnvelope, trust: NotationTrust): void {
  const problems = [() => checkStore(envelope, trust), () => checkIdentity(envelope.chain[0], trust.policy)].flatMap(
    (check) => {
      try {
        check();
        return [];
      } catch (error) {
        return [error];
      }
    },
  );
  if (problems.length > 0) throw trust.policy.level.actions.authenticity === "enforce" ? problems[0] : problems.at(-1);
}

function checkStore({ scheme, chain }: NotationEnvelope, { policy, certificates }: NotationTrust): void {
  const type = scheme === "notary.x509" ? "ca:" : "signingAuthority:";
  const store = policy.trustStores.find((name) => name.startsWith(type));
  const trusted = store === undefined ? [] : loadStore(store.slice(type.length), certificates);
  if (trusted.length === 0) throw new Error("no trusted certificates are found to verify authenticity");
  if (!chain.some((certificate) => trusted.some((one) => isSameCertificate(one, certificate))))
    throw new Error("the signature's certificate chain does not contain any trusted certificate");
}

function loadStore(name: string, files: readonly Uint8Array[]): ParsedCertificate[] {
  return files.flatMap((file) => {
    try {
      return parseCertificates(file);
    } catch (error) {
      throw new Error(`failed to parse certificate '${name}': ${messageOf(error)}`, { cause: error });
    }
  });
}

function checkIdentity(leaf: ParsedCertificate | undefined, { name, trustedIdentities }: TrustPolicy): void {
  if (trustedIdentities.includes("*")) return;
  const trusted = trustedIdentities
    .filter((identity) => identity.startsWith("x509.subject:"))
    .map((identity) => parseDistinguishedName(identity.slice("x509.subject:".length)));
  if (trusted.length === 0)
    throw new Error(`no x509 trusted identities are configured in the trust policy ${JSON.stringify(name)}`);
  const subject = subjectOf(leaf);
  if (trusted.some((identity) => isSubsetName(identity, subject))) return;
  const shown = trusted.map(
    (identity) =>
      `map[${[...identity]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([type, value]) => `${JSON.stringify(type)}:${JSON.stringify(value)}`)
        .join(" ")}]`,
  );
  throw new Error(
    `signing certificate from the digital signature does not match the X.509 trusted identities [${shown.join(" ")}] defined in the trust policy ${JSON.stringify(name)}`,
  );
}

function subjectOf(leaf: ParsedCertificate | undefined): ReturnType<typeof parseDistinguishedName> {
  try {
    return parseDistinguishedName(leaf?.subject ?? "");
  } catch (error) {
    const why = JSON.stringify(messageOf(error));
    throw new Error(`error while parsing the certificate subject from the digital signature. error : ${why}`, {
      cause: error,
    });
  }
}

function checkExpiry({ expiryMs }: NotationEnvelope, nowMs: number): void {
  if (expiryMs === undefined || nowMs < expiryMs) return;
  throw new Error(`digital signature has expired on ${JSON.stringify(formatTime(expiryMs))}`);
}

function checkTime({ scheme, chain, signingTimeMs = 0 }: NotationEnvelope, { policy, nowMs }: NotationTrust): void {
  if (scheme === "notary.x509.signingAuthority") {
    const bad = chain.find(({ notBeforeMs, notAfterMs }) => signingTimeMs < notBeforeMs || signingTimeMs > notAfterMs);
    if (!bad) return;
    const time = JSON.stringify(formatTime(signingTimeMs));
    throw new Error(
      `certificate ${JSON.stringify(bad.subject)} was not valid when the digital signature was produced at ${time}`,
    );
  }
  const isStamped = policy.trustStores.some((store) => store.startsWith("tsa:"));
  const isExpired = chain.some(({ notAfterMs }) => nowMs > notAfterMs);
  if (isStamped && (policy.verifyTimestamp === "always" || isExpired))
    throw new Error("verifying timestamp countersignatures is not supported by this version of Eddy");
  for (const { subject, notBeforeMs, notAfterMs } of chain) {
    const name = JSON.stringify(subject);
    if (nowMs < notBeforeMs)
      throw new Error(
        `verification time is before certificate ${name} validity period, it will be valid from ${JSON.stringify(formatTime(notBeforeMs))}`,
      );
    if (nowMs > notAfterMs)
      throw new Error(
        `verification time is after certificate ${name} validity period, it was expired at ${JSON.stringify(formatTime(notAfterMs))}`,
      );
  }
}

/** A root is revoked by being trusted no longer. */
function checkRevocation({ chain }: NotationEnvelope): void {
  const open = chain.slice(0, -1).findLast(({ isRevocable }) => isRevocable);
  if (!open) return;
  throw new Error(
    `signing certificate with subject ${JSON.stringify(open.subject)} revocation status is unknown: this version of Eddy asks neither OCSP servers nor revocation lists`,
  );
}

function checkTarget({ payload }: NotationEnvelope, target: NotationSignature["target"]): void {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch (cause) {
    throw signatureError("SIGNATURE_INVALID", messageOf(cause), cause);
  }
  const signed = isObject(content) && isObject(content["targetArtifact"]) ? content["targetArtifact"] : {};
  const isSame =
    signed["mediaType"] === target.mediaType && signed["digest"] === target.digest && signed["size"] === target.size;
  if (!isSame) throw invalid("content descriptor mismatch");
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** Go's RFC1123Z, in UTC: `Sat, 21 Nov 2026 15:04:36 +0000`. */
function formatTime(timeMs: number): string {
  const time = new Date(timeMs);
  const two = (number: number): string => String(number).padStart(2, "0");
  const date = `${two(time.getUTCDate())} ${months[time.getUTCMonth()]} ${time.getUTCFullYear()}`;
  return `${days[time.getUTCDay()]}, ${date} ${time.toISOString().slice(11, 19)} +0000`;
}

function invalid(message: string): EddyError {
  return signatureError("SIGNATURE_INVALID", message);
}
