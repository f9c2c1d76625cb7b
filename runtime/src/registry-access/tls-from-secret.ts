import type { SecretData } from "./secret-store.ts";

/** Trust and identity for TLS, PEM. */
export interface TlsMaterial {
  readonly caCert?: string;
  readonly identity?: { readonly cert: string; readonly key: string };
}

/**
 * `ca.crt`, `tls.crt` and `tls.key` of a Secret, or the older `caFile`, `certFile` and `keyFile`. `named`: how messages call the
 * Secret. Source: fluxcd/pkg/runtime/secrets `TLSConfigFromSecret`.
 * @throws Error in upstream's words for keys that are missing
 */
export function tlsFromSecret(data: SecretData, named: string): TlsMaterial {
  const { cert, key, caCert } = tlsPartsOf(data);
  if (cert && !key) throw new Error(`${named} contains 'tls.crt' but missing 'tls.key'`);
  if (key && !cert) throw new Error(`${named} contains 'tls.key' but missing 'tls.crt'`);
  if (!cert && !caCert) throw new Error(`${named} must contain either 'ca.crt' or both 'tls.crt' and 'tls.key'`);
  return { ...(caCert ? { caCert } : {}), ...(cert && key ? { identity: { cert, key } } : {}) };
}

/** What of TLS a Secret has, under the keys of today or the older ones; what is empty is not there. */
export function tlsPartsOf(data: SecretData): Record<"cert" | "key" | "caCert", string | undefined> {
  return {
    cert: data["tls.crt"] || data["certFile"] || undefined,
    key: data["tls.key"] || data["keyFile"] || undefined,
    caCert: data["ca.crt"] || data["caFile"] || undefined,
  };
}
