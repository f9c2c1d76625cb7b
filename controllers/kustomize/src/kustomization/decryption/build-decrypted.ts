import type { Kustomization } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { dump } from "@eddy/goyaml";
import type { Run } from "@eddy/runtime/controller";
import { buildManifests, type BuiltManifests } from "../build.ts";
import type { Ports } from "../ports.ts";
import type { KeyRing } from "./data-keys.ts";
import { createDecryptingTree, type DecryptingTree } from "./decrypting-tree.ts";
import { decryptSecrets, type DecryptSecretsOptions } from "./decrypt-secrets.ts";

// Plain text can lead to further files, a patch that names a resource for instance; each round must find a new one.
const maxRounds = 20;

/**
 * Builds from the plain text of encrypted files: a build finds out which it reads, their keys are recovered, and it is built
 * again. Texts are registered for masking before anything can print them.
 * @throws EddyError BUILD_FAILED, or that of the file that cannot be decrypted (retry)
 */
export async function buildDecrypted(
  run: Run<Kustomization>,
  tree: FileTree,
  path: string,
  ring: KeyRing,
  ports: Ports,
): Promise<BuiltManifests> {
  const options: DecryptSecretsOptions = {
    recoverKey: ({ metadata }) => ports.dataKeys.recover(metadata, ring, run.signal),
    register: (secret) => ports.masker.of(run.object.metadata.namespace).register(secret),
    ignoreMac: ports.settings.sopsIgnoreMac,
    onMacMismatch: (subject) =>
      run.event({
        reason: "DecryptionWarning",
        severity: "info",
        message: `${subject}: MAC mismatch, decrypted all the same`,
      }),
  };
  const built = await buildUntilPlain(createDecryptingTree(tree, options), path, run.object.spec);
  const manifests = await decryptSecrets(built.manifests, options);
  if (manifests === built.manifests) return built;
  return { ...built, manifests, text: () => manifests.map((each) => dump(each.object() as never)).join("---\n") };
}

async function buildUntilPlain(
  { tree, recover }: DecryptingTree,
  path: string,
  spec: Kustomization["spec"],
): Promise<BuiltManifests> {
  for (let round = 0; round < maxRounds; round++) {
    const attempt = attemptBuild(tree, path, spec);
    // What was still encrypted may be why a build failed: only one of plain text counts.
    if (await recover()) continue;
    if ("built" in attempt) return attempt.built;
    throw attempt.error;
  }
  throw new EddyError("BUILD_FAILED", `kustomize build failed: encrypted files led to others ${maxRounds} times`);
}

function attemptBuild(
  tree: FileTree,
  path: string,
  spec: Kustomization["spec"],
): { built: BuiltManifests } | { error: unknown } {
  try {
    return { built: buildManifests(tree, path, spec) };
  } catch (error) {
    return { error };
  }
}
