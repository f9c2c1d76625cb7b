import type { ImageUpdateAutomation } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { loadGitSigner } from "@eddy/runtime/git-access";
import type { GitSigner } from "@eddy/signature";
import type { Ports } from "./ports.ts";
import { unavailable } from "./resolve-target.ts";

/**
 * The signer of `spec.git.commit.signingKey`, or undefined where there is none.
 * @throws StepError SourceManagerFailed (retry: the Secret may be mended)
 */
export async function loadSigner(
  { metadata, spec }: ImageUpdateAutomation,
  ports: Ports,
): Promise<GitSigner | undefined> {
  const signingKey = spec.git?.commit.signingKey;
  if (signingKey === undefined) return undefined;
  const ref = {
    namespace: metadata.namespace ?? "",
    name: signingKey.secretRef.name,
    type: signingKey.type ?? "gpg",
  } as const;
  return loadGitSigner(ref, ports).catch((cause: unknown) => {
    throw unavailable(messageOf(cause), cause);
  });
}
