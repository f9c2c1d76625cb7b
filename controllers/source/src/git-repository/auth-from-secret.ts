import { sourceConditionTypes, sourceReasons } from "@eddy/api";
import type { GitAuth } from "@eddy/git";
import { StepError } from "@eddy/runtime/controller";
import type { SecretData } from "@eddy/runtime/registry-access";

/**
 * Credentials by the keys of a Secret. Source: Flux spec 1.1 `spec.secretRef`, fluxcd/pkg/git `NewAuthOptions`.
 * @throws Error in upstream's words for keys that do not go together; StepError for an encrypted key without a password.
 */
export function authFromSecret(url: URL, data: SecretData, secretName: string): GitAuth {
  return url.protocol === "ssh:" ? sshAuth(data, secretName) : httpAuth(url, data);
}

function sshAuth(data: SecretData, secretName: string): GitAuth {
  const { identity, known_hosts: knownHosts, password } = data;
  if (!identity) throw new Error("invalid 'ssh' auth option: 'identity' is required");
  if (!knownHosts) throw new Error("invalid 'ssh' auth option: 'known_hosts' is required");
  if (!password && isEncrypted(identity)) {
    throw new StepError(
      sourceReasons.authenticationFailed,
      `SSH identity key is encrypted but no 'password' field was provided in the secret '${secretName}'`,
      { condition: sourceConditionTypes.fetchFailed },
    );
  }
  return { identity, knownHosts, ...(password ? { identityPassphrase: password } : {}) };
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

function httpAuth(url: URL, data: SecretData): GitAuth {
  const { username, password, bearerToken } = data;
  const caCert = data["ca.crt"] || data["caFile"];
  const tls: GitAuth = {
    ...(caCert ? { caCert } : {}),
    ...(data["tls.crt"] ? { clientCert: data["tls.crt"] } : {}),
    ...(data["tls.key"] ? { clientKey: data["tls.key"] } : {}),
  };
  if (bearerToken !== undefined) return { ...tls, bearerToken };
  if (password && !username && !url.username) {
    throw new Error(`invalid '${url.protocol.slice(0, -1)}' auth option: 'password' requires 'username' to be set`);
  }
  return { ...tls, ...(username ? { username } : {}), ...(password ? { password } : {}) };
}
