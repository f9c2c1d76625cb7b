/**
 * Verifies and makes signatures: OpenPGP, SSH, cosign and sigstore bundles.
 *
 * Not a fetcher: what is verified is handed in. Entry point: {@link verifyCosign}.
 */
export type {
  CosignIdentity,
  CosignMaterial,
  CosignTrust,
  SimpleSignature,
  VerifiedSignature,
} from "./cosign/material.ts";
export type { SignatureErrorCode } from "./cosign/signature-error.ts";
export { verifyCosign } from "./cosign/verify-cosign.ts";
