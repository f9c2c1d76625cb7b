import { createPrivateKey, X509Certificate } from "node:crypto";
import { usage } from "../command/usage.ts";

/** Certificates as texts of PEM. */
export interface TlsTexts {
  cert: string | undefined;
  key: string | undefined;
  ca: string | undefined;
}

/**
 * The data and type of a Secret for TLS. Source: fluxcd/pkg/runtime/secrets `MakeTLSSecret`.
 * @throws EddyError USAGE (terminal) for a certificate without its key, a pair that is none, or nothing at all
 */
export function tlsData({ cert, key, ca }: TlsTexts): { data: Record<string, string>; type: string } {
  if (cert && !key) throw usage("found certificate but missing private key");
  if (key && !cert) throw usage("found private key but missing certificate");
  if (!cert && !ca) throw usage("no CA certificate or client certificate pair found");
  const trust = ca ? { "ca.crt": ca } : {};
  if (!cert || !key) return { data: trust, type: "Opaque" };
  if (!isPair(cert, key)) throw usage("invalid TLS certificate and key pair");
  return { data: { ...trust, "tls.crt": cert, "tls.key": key }, type: "kubernetes.io/tls" };
}

function isPair(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
