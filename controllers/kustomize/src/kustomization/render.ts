import type { Kustomization } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import type { FileTree } from "@eddy/core/tree";
import type { Run } from "@eddy/runtime/controller";
import { buildShared } from "./build-shared.ts";
import { overlayOf, type BuiltManifests } from "./build.ts";
import type * as BuildDecrypted from "./decryption/build-decrypted.ts";
import type { KeyRing } from "./decryption/data-keys.ts";
import { refuseEncrypted } from "./decryption/refuse-encrypted.ts";
import { loadVariables } from "./load-variables.ts";
import type { Ports } from "./ports.ts";
import type { Rendered } from "./render-memory.ts";
import { refuseVariables, substituteManifests } from "./substitute.ts";
import { validateManifests } from "./validate.ts";

const failed = { reason: "BuildFailed" };

/**
 * Builds, decrypts, substitutes and validates what is at `path`. When nothing that the last render read has changed,
 * that one is the answer: a commit that touches other folders renders nothing.
 * @throws StepError BuildFailed
 */
export async function render(run: Run<Kustomization>, tree: FileTree, path: string, ports: Ports): Promise<Rendered> {
  const { object } = run;
  const key = `${object.metadata.namespace}/${object.metadata.name}`;
  const { variables, problem } = await run.step("LoadVariables", () => tryVariables(object, ports));
  const keys = await run.step("LoadKeys", () => keysOf(object, ports), failed);
  const inputs = inputsOf(object, path, variables, keys);
  const known = problem === undefined ? ports.renders.recall(key, inputs, tree) : undefined;
  if (known) {
    await run.yieldToOthers();
    return known;
  }

  const build = await run.step(
    "Build",
    () => (keys ? decrypted(run, tree, path, keys, ports) : buildShared(tree, path, object.spec)),
    failed,
  );
  const plaintext = await run.step("Decrypt", () => refuseEncrypted(build.manifests), {
    reason: "ReconciliationFailed",
  });
  const substituted = await run.step(
    "Substitute",
    () => {
      if (problem !== undefined) refuseVariables(plaintext, problem);
      return substituteManifests(plaintext, variables, ports.settings);
    },
    failed,
  );
  const rendered = await run.step("Validate", () => validateManifests(substituted, build.text), failed);
  ports.renders.keep(key, inputs, tree, { files: build.files, rendered });
  return rendered;
}

// Upstream reads them for the first object that they are for: what is wrong with the build is told before what is wrong with them.
async function tryVariables(
  object: Kustomization,
  { data }: Pick<Ports, "data">,
): Promise<{ variables?: ReadonlyMap<string, string> | undefined; problem?: unknown }> {
  try {
    return { variables: await loadVariables(object, data) };
  } catch (problem) {
    return { problem };
  }
}

// What decrypts is loaded for those who decrypt: with its cryptography it is one of the larger parts.
async function keysOf(object: Kustomization, ports: Ports): Promise<KeyRing | undefined> {
  if (!object.spec.decryption) return undefined;
  const { loadKeys } = await import("./decryption/load-keys.ts");
  return loadKeys(object, ports);
}

async function decrypted(...args: Parameters<typeof BuildDecrypted.buildDecrypted>): Promise<BuiltManifests> {
  const { buildDecrypted } = await import("./decryption/build-decrypted.ts");
  return buildDecrypted(...args);
}

function inputsOf(
  { spec }: Kustomization,
  path: string,
  variables: ReadonlyMap<string, string> | undefined,
  keys: KeyRing | undefined,
): string {
  return sha256(JSON.stringify([path, overlayOf(spec), variables && [...variables], keys?.identity]));
}
