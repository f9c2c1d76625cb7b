import { EddyError, messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import type { GitSigner } from "@eddy/signature";
import type { SecretStore } from "../registry-access/index.ts";

/** Which Secret holds the key that signs commits, and what it holds; undefined: what its keys say. */
export interface SigningKeyRef {
  readonly namespace: string;
  readonly name: string;
  readonly type: "gpg" | "ssh" | undefined;
}

/**
 * The signer of a Secret: `git.asc` and `passphrase` for OpenPGP, `identity` and `password` for SSH. Nothing of the key is told. Source:
 * image-automation-controller v1.2 `resolveSigner`, its words.
 * @throws EddyError GIT_SIGNING_KEY (retry: the Secret may be mended)
 */
export async function loadGitSigner(
  { namespace, name, type: wanted }: SigningKeyRef,
  { secrets, masker }: { secrets: SecretStore; masker: Masker },
): Promise<GitSigner> {
  const data = await secrets.read(namespace, name).catch((cause: unknown) => {
    throw unusable(`could not find signing key secret '${name}': ${messageOf(cause)}`, cause);
  });
  const type = wanted ?? (data["git.asc"] === undefined && data["identity"] !== undefined ? "ssh" : "gpg");
  const [keyName, passphraseName] = type === "gpg" ? ["git.asc", "passphrase"] : ["identity", "password"];
  const [key, passphrase] = [data[keyName], data[passphraseName]];
  const article = type === "gpg" ? "a" : "an";
  if (key === undefined) throw unusable(`signing key secret '${name}' does not contain ${article} '${keyName}' key`);
  masker.of(namespace).register(key);
  if (passphrase) masker.of(namespace).register(passphrase);
  // What signs is loaded by those who sign.
  const { createGitSigner } = await import("@eddy/signature");
  try {
    return await createGitSigner({ type, key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    throw unusable(explain(cause, { type, name, passphraseName }), cause);
  }
}

function unusable(message: string, cause?: unknown): EddyError {
  return new EddyError("GIT_SIGNING_KEY", message, cause === undefined ? {} : { cause });
}

function explain(
  cause: unknown,
  { type, name, passphraseName }: { type: "gpg" | "ssh"; name: string; passphraseName: string },
): string {
  const code = cause instanceof EddyError ? cause.code : "";
  if (code === "SIGNING_KEY_ENCRYPTED")
    return `can not use passphrase protected signing key without '${passphraseName}' field present in secret ${name}`;
  if (code === "SIGNING_KEY_SEVERAL")
    return `multiple entities read from secret '${name}', could not determine which signing key to use`;
  if (type === "ssh") return `could not parse SSH signing key from secret '${name}': ${messageOf(cause)}`;
  if (code === "SIGNING_KEY_PASSPHRASE")
    return `could not decrypt private key of the signing key present in secret ${name}: ${messageOf(cause)}`;
  return `could not read signing key from secret '${name}': ${messageOf(cause)}`;
}
