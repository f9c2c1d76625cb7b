import { scanHostKeys } from "@eddy/git";
import { generateSshKeyPair, loadSshKeyPair, type SshKeyKind } from "./ssh-data.ts";

/** What a Secret for Git over SSH is made of. */
export interface SshSecretOptions extends SshKeyKind {
  /** An existing key; absent: a new one is made. */
  privateKey?: string | undefined;
  /** Of the existing key. */
  password?: string | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * `identity`, `identity.pub`, `known_hosts` and `password`: the key, made or given, and the keys that the host shows now.
 * Source: fluxcd/flux2 pkg/manifestgen/sourcesecret.
 */
export async function sshSecretData(url: URL, options: SshSecretOptions): Promise<Record<string, string>> {
  const { privateKey, password, timeoutMs, signal } = options;
  const pair = privateKey === undefined ? await generateSshKeyPair(options) : loadSshKeyPair(privateKey, password);
  const knownHosts = await scanHostKeys(url, { timeoutMs: Math.min(timeoutMs, 30_000), signal });
  return {
    identity: pair.identity,
    "identity.pub": pair.publicKey,
    known_hosts: knownHosts,
    ...(password ? { password } : {}),
  };
}
