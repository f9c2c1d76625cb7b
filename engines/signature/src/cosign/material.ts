/** A signature of cosign 1 and 2: one layer of the image `sha256-<hex>.sig`. */
export interface SimpleSignature {
  /** The layer's bytes: what was signed. */
  readonly payload: Uint8Array;
  /** Of the layer: `dev.cosignproject.cosign/signature`, and for keyless ones certificate, chain and bundle. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Everything that a registry has to say about who signed an image. None of it is trusted. */
export interface CosignMaterial {
  /** Of the image: `sha256:<hex>`. */
  readonly digest: string;
  readonly signatures: readonly SimpleSignature[];
  /** Sigstore bundles (JSON) that refer to the image. */
  readonly bundles: readonly Uint8Array[];
}

/** Who may have signed: regular expressions (RE2), found anywhere in the certificate's issuer and subject. */
export interface CosignIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Whom to trust. */
export type CosignTrust =
  | { readonly kind: "key"; /** PEM of a public key. */ readonly publicKey: string }
  | {
      readonly kind: "keyless";
      /** `trusted_root.json` of a sigstore instance. */
      readonly trustedRoot: string;
      /** One must match; with none, anybody whom the instance certified. */
      readonly identities: readonly CosignIdentity[];
    };

/** A signature that holds. */
export interface VerifiedSignature {
  readonly form: "simple" | "bundle";
  /** Absent where a key signed. */
  readonly identity?: { readonly issuer: string; readonly subject: string };
}
