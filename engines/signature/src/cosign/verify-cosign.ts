import { messageOf } from "@eddy/core/errors";
import type { CosignMaterial, CosignTrust, SimpleSignature, VerifiedSignature } from "./material.ts";
import { signatureError } from "../signature-error.ts";
import { parsePublicKey, verifyBundleByKey, verifySimpleByKey } from "./verify-key.ts";
import { createKeylessVerifier } from "./verify-keyless.ts";

const maxCandidates = 100;
const maxReasons = 5;

/**
 * The first signature of the image that holds: bundles first, then simple ones. What was signed must be about this digest.
 * @throws EddyError SIGNATURE_NONE, SIGNATURE_INVALID (with the reasons), and SIGNATURE_KEY, SIGNATURE_ROOT, SIGNATURE_IDENTITY for
 * what is trusted.
 */
export function verifyCosign({ digest, bundles, signatures }: CosignMaterial, trust: CosignTrust): VerifiedSignature {
  const methods = methodsOf(trust);
  const candidates = [
    ...bundles.map((json) => () => ({ form: "bundle" as const, ...methods.bundle(json, digest) })),
    ...signatures.map((signature) => () => ({ form: "simple" as const, ...methods.simple(signature, digest) })),
  ].slice(0, maxCandidates);
  if (candidates.length === 0) throw signatureError("SIGNATURE_NONE", "no signatures found");
  const reasons = new Set<string>();
  for (const candidate of candidates) {
    try {
      return candidate();
    } catch (error) {
      reasons.add(messageOf(error));
    }
  }
  const why = [...reasons].slice(0, maxReasons).join("; ");
  throw signatureError("SIGNATURE_INVALID", `no matching signatures: ${why}`);
}

type Verified = Pick<VerifiedSignature, "identity">;

interface Methods {
  bundle(json: Uint8Array, digest: string): Verified;
  simple(signature: SimpleSignature, digest: string): Verified;
}

function methodsOf(trust: CosignTrust): Methods {
  if (trust.kind === "keyless") {
    const verifier = createKeylessVerifier(trust.trustedRoot, trust.identities);
    return {
      bundle: (json, digest) => ({ identity: verifier.verifyBundle(json, digest) }),
      simple: (signature, digest) => ({ identity: verifier.verifySimple(signature, digest) }),
    };
  }
  const key = parsePublicKey(trust.publicKey);
  return {
    bundle(json, digest) {
      verifyBundleByKey(json, digest, key);
      return {};
    },
    simple(signature, digest) {
      verifySimpleByKey(signature, digest, key);
      return {};
    },
  };
}
