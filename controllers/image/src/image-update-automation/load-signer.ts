import type { ImageUpdateAutomation } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { GitSigner } from "@eddy/signature";
import type { Ports } from "./ports.ts";
import { unavailable } from "./resolve-target.ts";

/**
 * The signer of `spec.git.commit.signingKey`, or undefined where there is none. Source: image-automation-controller v1.2
 * `resolveSigner`, its words.
 * @throws StepError SourceManagerFailed (retry: the Secret may be mended)
 */
export async function loadSigner(
  { metadata, spec }: ImageUpdateAutomation,
  { secrets, masker }: Ports,
): Promise<GitSigner | undefined> {
  const signingKey = spec.git?.commit.signingKey;
  if (signingKey === undefined) return undefined;
  const { name } = signingKey.secretRef;
  const type = signingKey.type ?? "gpg";
  const data = await secrets.read(metadata.namespace ?? "", name).catch((cause: unknown) => {
    throw unavailable(`could not find signing key secret '${name}': ${messageOf(cause)}`, cause);
  });
  const [keyName, passphraseName] = type === "gpg" ? ["git.asc", "passphrase"] : ["identity", "password"];
  const [key, passphrase] = [data[keyName], data[passphraseName]];
  const article = type === "gpg" ? "a" : "an";
  if (key === undefined) throw unavailable(`signing key secret '${name}' does not contain ${article} '${keyName}' key`);
  masker.register(key);
  if (passphrase) masker.register(passphrase);
  // What signs is loaded by those who sign.
  const { createGitSigner } = await import("@eddy/signature");
  try {
    return await createGitSigner({ type, key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    throw unavailable(explain(cause, { type, name, passphraseName }), cause);
  }
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
