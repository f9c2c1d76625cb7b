import { X509Certificate } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier, type TrustMaterial } from "@sigstore/verify";
import { RE2JS } from "re2js";
import { messageOf } from "@eddy/core/errors";
import { checkSimpleClaim, checkStatement } from "./check-claim.ts";
import type { CosignIdentity, SimpleSignature } from "./material.ts";
import { signatureError } from "../signature-error.ts";
import { simpleToBundle } from "./simple-to-bundle.ts";
import { parseBundle, statementOf } from "./verify-key.ts";

const codeSigning = "1.3.6.1.5.5.7.3.3";

/** Who signed, as the certificate has it. */
export interface SignerIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Verifies keyless signatures with one trust root. */
export interface KeylessVerifier {
  /** @throws Error that says what does not hold. */
  verifySimple(signature: SimpleSignature, digest: string): SignerIdentity;
  /** @throws Error that says what does not hold. */
  verifyBundle(json: Uint8Array, digest: string): SignerIdentity;
}

/**
 * A verifier that wants an entry of a transparency log, a certificate of the root's authority that a certificate log promised to list,
 * valid when the entry was made, for code signing, and of one of the identities.
 * @throws EddyError SIGNATURE_ROOT, SIGNATURE_IDENTITY (terminal).
 */
export function createKeylessVerifier(trustedRoot: string, identities: readonly CosignIdentity[]): KeylessVerifier {
  const verifier = new Verifier(parseTrustedRoot(trustedRoot));
  const matchers = identities.map(compileIdentity);
  const check = (bundle: Bundle, artifact?: Uint8Array): SignerIdentity => {
    const signer = verifier.verify(toSignedEntity(bundle, artifact && Buffer.from(artifact)));
    checkUsage(bundle);
    const identity = {
      issuer: signer.identity?.extensions?.issuer ?? "",
      subject: signer.identity?.subjectAlternativeName ?? "",
    };
    if (matchers.length > 0 && !matchers.some((matches) => matches(identity)))
      throw new Error(`none of the expected identities matched what was in the certificate, ${describe(identity)}`);
    return identity;
  };
  return {
    verifySimple(signature, digest) {
      const identity = check(simpleToBundle(signature), signature.payload);
      checkSimpleClaim(signature.payload, digest);
      return identity;
    },
    verifyBundle(json, digest) {
      const bundle = parseBundle(json);
      const identity = check(bundle);
      checkStatement(statementOf(bundle), digest);
      return identity;
    },
  };
}

function describe({ issuer, subject }: SignerIdentity): string {
  return `got subjects [${subject}] with issuer ${issuer}`;
}

function parseTrustedRoot(text: string): TrustMaterial {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(text));
    if (root.certificateAuthorities.length === 0) throw new Error("it names no certificate authority");
    return toTrustMaterial(root, () => {
      throw new Error("a bundle with a key, where certificates are trusted");
    });
  } catch (cause) {
    throw signatureError("SIGNATURE_ROOT", `unable to parse trusted root: ${messageOf(cause)}`, cause);
  }
}

/** Unanchored, as Go's `MatchString`. */
function compileIdentity({ issuer, subject }: CosignIdentity): (identity: SignerIdentity) => boolean {
  try {
    const [issuers, subjects] = [RE2JS.compile(issuer), RE2JS.compile(subject)];
    return (identity) => issuers.matcher(identity.issuer).find() && subjects.matcher(identity.subject).find();
  } catch (cause) {
    throw signatureError("SIGNATURE_IDENTITY", `malformed matchOIDCIdentity: ${messageOf(cause)}`, cause);
  }
}

/** The library checks chains, times and logs; that a certificate is for signing code is for us to see. */
function checkUsage({ verificationMaterial: { content } }: Bundle): void {
  const raw =
    content.$case === "x509CertificateChain"
      ? content.x509CertificateChain.certificates[0]?.rawBytes
      : content.$case === "certificate"
        ? content.certificate.rawBytes
        : undefined;
  if (!raw) throw new Error("no certificate found on signature");
  if (!new X509Certificate(raw).keyUsage?.includes(codeSigning))
    throw new Error("the certificate is not for signing code");
}
