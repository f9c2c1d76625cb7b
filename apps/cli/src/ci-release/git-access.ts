import type { GitAuth } from "@eddy/git";
import { usage } from "../command/usage.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import type { RawSettings } from "./settings.ts";

/**
 * The login for the repository: an SSH key, a token, user and password, else what the system gives steps for its own forge.
 * @throws EddyError USAGE (terminal) for a key without known hosts
 */
export function gitAuthOf(repo: string, { values }: RawSettings, { netrc }: PipelineContext): GitAuth {
  const one = (name: string): string | undefined => values.get(name)?.[0] || undefined;
  const [key, passphrase, knownHosts] = [one("ssh-key"), one("ssh-key-passphrase"), one("known-hosts")];
  if (repo.startsWith("ssh://")) {
    if (key === undefined || knownHosts === undefined)
      throw usage("a repository behind SSH wants a key and the hosts it may be shown (ssh-key, known-hosts)");
    return { identity: key, knownHosts, ...(passphrase === undefined ? {} : { identityPassphrase: passphrase }) };
  }
  const caCert = one("ca-cert");
  return { ...(caCert === undefined ? {} : { caCert }), ...basicAuthOf(repo, one, netrc) };
}

function basicAuthOf(
  repo: string,
  one: (name: string) => string | undefined,
  netrc: PipelineContext["netrc"],
): Pick<GitAuth, "username" | "password"> {
  const [token, username, password] = [one("git-token"), one("username"), one("password")];
  // Forges take any name beside a token.
  if (token !== undefined) return { username: username ?? "oauth2", password: token };
  if (password !== undefined) return { username: username ?? "git", password };
  const isOwn = netrc !== undefined && URL.canParse(repo) && new URL(repo).hostname === netrc.machine;
  return isOwn ? { username: netrc.username, password: netrc.password } : {};
}
