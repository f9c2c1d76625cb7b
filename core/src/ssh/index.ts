/**
 * SSH keys as OpenSSH writes them: public keys in one line, private keys in their own armour.
 *
 * Not an agent and not a signature: only the parts of keys. Entry points: {@link parseSshPublicKey},
 * {@link parseSshPrivateKey}.
 */
export { formatSshPrivateKey, publicPartOf, sshPublicKeyOf } from "./format-private-key.ts";
export { SshKeyError, type SshKeyProblem } from "./ssh-key-error.ts";
export { formatSshPublicKey, parseSshPublicKey, type SshPublicKey } from "./public-key.ts";
export { parseSshPrivateKey, type SshPrivateKey } from "./private-key.ts";
export { SshReader, sshString } from "./wire.ts";
