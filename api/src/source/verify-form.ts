import { present, usageError, type CreateValues } from "../create-form.ts";

/**
 * `spec.verify` from the flags `--verify-provider`, `--verify-secret-ref`, `--verify-issuer` and `--verify-subject`, of every source
 * that is signed. Undefined without them. Source: fluxcd/flux2 cmd/flux/create_source_oci.go.
 * @throws EddyError USAGE (terminal) for a secret or an identity without a provider
 */
export function verifyFrom(values: CreateValues): Record<string, unknown> | undefined {
  const [provider, secret] = [values.text("verifyProvider"), values.text("verifySecretRef")];
  const [issuer, subject] = [values.text("verifyIssuer"), values.text("verifySubject")];
  const hasIdentity = issuer !== undefined || subject !== undefined;
  if (provider === undefined) {
    if (secret !== undefined) throw usageError("a verification provider must be specified when a secret is specified");
    if (hasIdentity)
      throw usageError("a verification provider must be specified when OIDC issuer/subject is specified");
    return undefined;
  }
  return present({
    provider,
    secretRef: secret === undefined ? undefined : { name: secret },
    matchOIDCIdentity: hasIdentity ? [{ issuer: issuer ?? "", subject: subject ?? "" }] : undefined,
  });
}
