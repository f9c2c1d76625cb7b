import type { GitRepository } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import type { GitPerson } from "@eddy/git";
import { loadGitSigner } from "../git-access/index.ts";
import type { SecretStore } from "../registry-access/index.ts";

/** On a GitRepository: the Secret of its namespace whose key signs what is committed there, as `spec.git.commit.signingKey` names one. */
const signingKeyAnnotation = "eddy.sh/signing-key";
/** On a GitRepository: who commits, `Name <address>`; forges call a signature theirs only by the address. */
const committerAnnotation = "eddy.sh/committer";

/**
 * Who commits to a repository; undefined where it does not say. Pure.
 * @throws EddyError GIT_COMMITTER (terminal)
 */
export function committerOf({ metadata }: GitRepository): GitPerson | undefined {
  const text = metadata.annotations?.[committerAnnotation];
  if (text === undefined) return undefined;
  const [, before = "", email = ""] = /^([^<>]*)<([^<>\s]*)>$/.exec(text.trim()) ?? [];
  const name = before.trim();
  if (email.slice(1, -1).includes("@") && !name.includes("\n")) return { name, email };
  const problem = `${committerAnnotation} is ${JSON.stringify(text.slice(0, 200))}: want "Name <address>"`;
  throw new EddyError("GIT_COMMITTER", problem, { class: "terminal" });
}

/**
 * What signs commits to a repository; undefined where nothing does. The key is read when there is something to sign.
 * @throws EddyError GIT_SIGNING_KEY (retry), by the signer
 */
export function signerOf(
  { metadata }: GitRepository,
  ports: { secrets: SecretStore; masker: Masker },
): ((payload: Uint8Array) => Promise<string>) | undefined {
  const name = metadata.annotations?.[signingKeyAnnotation];
  if (name === undefined) return undefined;
  const ref = { namespace: metadata.namespace ?? "", name, type: undefined };
  const load = (): ReturnType<typeof loadGitSigner> =>
    loadGitSigner(ref, ports).catch((cause: unknown) => {
      throw new EddyError("GIT_SIGNING_KEY", `sign as ${signingKeyAnnotation} says: ${messageOf(cause)}`, { cause });
    });
  return async (payload) => (await load())(payload);
}
