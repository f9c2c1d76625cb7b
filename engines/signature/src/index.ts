/**
 * Verifies and makes signatures: OpenPGP, SSH, cosign and sigstore bundles, notation.
 *
 * Not a fetcher: what is verified is handed in. Entry points: {@link verifyCosign}, {@link verifyNotation},
 * {@link verifyGitObject} and {@link createGitSigner}.
 */
export type {
  CosignIdentity,
  CosignMaterial,
  CosignTrust,
  SimpleSignature,
  VerifiedSignature,
} from "./cosign/material.ts";
export type { SignatureErrorCode } from "./signature-error.ts";
export { verifyCosign } from "./cosign/verify-cosign.ts";
export { type SignedGitObject, type TrustedSigners, verifyGitObject } from "./git/verify-git-object.ts";
export { createGitSigner, type GitSigner, type SigningKey } from "./git/sign-git-object.ts";
export { parseTrustPolicies, selectTrustPolicy, type TrustPolicy } from "./notation/trust-policy.ts";
export {
  type NotationRemark,
  type NotationSignature,
  type NotationTrust,
  verifyNotation,
} from "./notation/verify-notation.ts";
export { type ClearSignOptions, createClearSigner } from "./provenance/clear-sign.ts";
export { type ClearSigned, verifyClearSigned } from "./provenance/verify-clear-signed.ts";
export { fetchTufTarget, type TufPort, type TufState } from "./tuf/fetch-tuf-target.ts";
export { sigstoreRoot } from "./tuf/sigstore-root.ts";
