import type { SignatureAlgorithm } from "./check-chain.ts";
import type { ParsedCertificate } from "./certificate.ts";

/** What is signed is about an artifact, or it is refused. */
export const payloadType = "application/vnd.cncf.notary.payload.v1+json";

/** How the signer is trusted: by a certificate authority, or by an authority that also tells the time. */
export type SigningScheme = "notary.x509" | "notary.x509.signingAuthority";

/** A signature envelope of the Notary Project, its signature checked with its own leaf certificate. */
export interface NotationEnvelope {
  readonly contentType: string;
  readonly payload: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly scheme: SigningScheme;
  readonly signingTimeMs?: number;
  readonly expiryMs?: number;
  /** From the leaf to the root. */
  readonly chain: readonly ParsedCertificate[];
  /** Signed attributes that are none of the Notary Project's own. */
  readonly extended: ReadonlyMap<string, { readonly isCritical: boolean; readonly value: unknown }>;
}

/** Headers of both forms. Source: Notary Project signature specification. */
export const headers = {
  expiry: "io.cncf.notary.expiry",
  scheme: "io.cncf.notary.signingScheme",
  signingTime: "io.cncf.notary.signingTime",
  authenticSigningTime: "io.cncf.notary.authenticSigningTime",
} as const;

/** Of certificates in an envelope; a chain is never this long. */
export const maxChain = 16;
