import { sourceConditionTypes, sourceReasons } from "@eddy/api";
import type { GitAuth } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import { authFromSecret as authOfKeys } from "@eddy/runtime/git-access";
import type { SecretData } from "@eddy/runtime/registry-access";

/**
 * Credentials by the keys of a Secret. Source: Flux spec 1.1 `spec.secretRef`, fluxcd/pkg/git `NewAuthOptions`.
 * @throws Error in upstream's words for keys that do not go together; StepError for an encrypted key without a password.
 */
export function authFromSecret(url: URL, data: SecretData, secretName: string): GitAuth {
  const auth = authOfKeys(url, data);
  if (auth.identity !== undefined && auth.identityPassphrase === undefined && isEncrypted(auth.identity)) {
    throw new StepError(
      sourceReasons.authenticationFailed,
      `SSH identity key is encrypted but no 'password' field was provided in the secret '${secretName}'`,
      { condition: sourceConditionTypes.fetchFailed },
    );
  }
  return auth;
}

/** Whether a private key needs a passphrase: PEM says so, OpenSSH's own format names its cipher. */
export function isEncrypted(identity: string): boolean {
  if (/ENCRYPTED/.test(identity)) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(identity)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, "base64");
  const length = bytes.length > 19 ? bytes.readUInt32BE(15) : 0;
  return length > 0 && bytes.toString("latin1", 19, 19 + length) !== "none";
}
