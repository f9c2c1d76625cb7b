import { EddyError } from "@eddy/core/errors";
import type { GitAuth } from "@eddy/git";

/**
 * Credentials by the keys of a Secret. Source: Flux spec 1.1 `spec.secretRef`, fluxcd/pkg/git `NewAuthOptions`.
 * @throws EddyError GIT_AUTH in upstream's words for keys that do not go together
 */
export function authFromSecret(url: URL, data: Readonly<Record<string, string>>): GitAuth {
  return url.protocol === "ssh:" ? sshAuth(data) : httpAuth(url, data);
}

function sshAuth(data: Readonly<Record<string, string>>): GitAuth {
  const { identity, known_hosts: knownHosts, password } = data;
  if (!identity) throw unusable("invalid 'ssh' auth option: 'identity' is required");
  if (!knownHosts) throw unusable("invalid 'ssh' auth option: 'known_hosts' is required");
  return { identity, knownHosts, ...(password ? { identityPassphrase: password } : {}) };
}

function httpAuth(url: URL, data: Readonly<Record<string, string>>): GitAuth {
  const { username, password, bearerToken } = data;
  const caCert = data["ca.crt"] || data["caFile"];
  const tls: GitAuth = {
    ...(caCert ? { caCert } : {}),
    ...(data["tls.crt"] ? { clientCert: data["tls.crt"] } : {}),
    ...(data["tls.key"] ? { clientKey: data["tls.key"] } : {}),
  };
  if (bearerToken !== undefined) return { ...tls, bearerToken };
  if (password && !username && !url.username)
    throw unusable(`invalid '${url.protocol.slice(0, -1)}' auth option: 'password' requires 'username' to be set`);
  return { ...tls, ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function unusable(message: string): EddyError {
  return new EddyError("GIT_AUTH", message);
}
