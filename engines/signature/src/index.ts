/**
 * Verifies and makes signatures: OpenPGP, SSH, cosign and sigstore bundles.
 */
export {};
