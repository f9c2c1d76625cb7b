import { kustomizationKind, type Kustomization } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { buildManifests, loadVariables, substituteManifests } from "@eddy/kustomize-controller";
import type { KubeClient } from "@eddy/kube";
import { withOwnership } from "./ownership.ts";
import { createDataStore } from "@eddy/runtime/data";
import { withoutIgnoredFiles } from "./ignored-files.ts";
import { isFluxKustomization } from "./load-kustomization.ts";
import { openLocalFolder } from "./local-folder.ts";
import { maskEncrypted } from "./mask-encrypted.ts";

/** What a preview of any Kustomization needs. */
export interface PreviewSettings {
  /** Absent in a dry-run: variables are only the inline ones then. */
  kube: KubeClient | undefined;
  /** `--ignore-paths`; undefined: none, nor `.sourceignore` files. */
  ignorePaths: readonly string[];
  strict: boolean;
  /** `--in-memory-build`: nothing outside of the working directory is read. */
  inMemory: boolean;
  /** `--local-sources`: folders of sources by `Kind/namespace/name`. */
  localSources: ReadonlyMap<string, string>;
}

const maxDepth = 50;

/**
 * The objects that a pass over this Kustomization would apply for the files of a folder, in the order of building, with
 * encrypted values masked: the same steps, without decryption. What a pass refuses is refused. Nothing is written, to disk or
 * cluster.
 * @throws EddyError BUILD_FAILED, SUBSTITUTION_FAILED (retry)
 */
export async function buildPreview(
  object: Kustomization,
  path: string,
  settings: PreviewSettings,
): Promise<KubeObject[]> {
  const folder = await openLocalFolder(path, { withinWorkingDirectory: settings.inMemory });
  const variables = await variablesOf(object, settings.kube);
  const tree = withoutIgnoredFiles(folder.tree, folder.path, settings.ignorePaths);
  const { manifests } = folder.run(() => buildManifests(tree, folder.path, object.spec));
  const substituted = substituteManifests(manifests, variables, { strictSubstitutions: settings.strict });
  return substituted.map((manifest) => withOwnership(maskEncrypted(manifest.object), object));
}

/** {@link buildPreview}, and of every Kustomization among the objects, and theirs; those of nested ones follow. */
export async function buildRecursively(
  object: Kustomization,
  path: string,
  settings: PreviewSettings,
): Promise<KubeObject[]> {
  const seen = new Set<string>();
  const visit = async (current: Kustomization, at: string, depth: number): Promise<KubeObject[]> => {
    seen.add(keyOf(current));
    if (depth > maxDepth)
      throw new EddyError("TREE_TOO_DEEP", `Kustomizations are nested more than ${maxDepth} deep`, {
        class: "terminal",
      });
    const objects = await buildPreview(current, at, settings);
    const below: KubeObject[] = [];
    for (const child of nestedKustomizations(objects)) {
      if (seen.has(keyOf(child))) continue;
      below.push(...(await visit(child, localPathOf(child, settings.localSources), depth + 1)));
    }
    return [...objects, ...below];
  };
  return visit(object, path, 0);
}

/** Kustomizations among objects. */
export function nestedKustomizations(objects: readonly KubeObject[]): Kustomization[] {
  return objects.filter(isFluxKustomization).map((object) => kustomizationKind.decode(object));
}

/** Where a Kustomization's files are on this machine. @throws EddyError USAGE (terminal) for a source that nobody named */
export function localPathOf(object: Kustomization, localSources: ReadonlyMap<string, string>): string {
  const { kind, namespace, name } = object.spec.sourceRef;
  const key = `${kind}/${namespace ?? object.metadata.namespace ?? ""}/${name}`;
  const folder = localSources.get(key);
  if (folder === undefined)
    throw new EddyError("USAGE", `cannot get local path for ${key} of kustomization ${object.metadata.name}`, {
      class: "terminal",
      hint: `name it with --local-sources ${key}=<folder>`,
    });
  return `${folder}/${object.spec.path ?? ""}`;
}

/** A map key for a Kustomization. */
export function keyOf({ metadata }: Kustomization): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

async function variablesOf(
  object: Kustomization,
  kube: KubeClient | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (kube) return loadVariables(object, createDataStore({ kube }));
  const { postBuild } = object.spec;
  if (!postBuild) return undefined;
  const { substituteFrom: _unread, ...inline } = postBuild;
  const local: Kustomization = { ...object, spec: { ...object.spec, postBuild: inline } };
  return loadVariables(local, { read: async () => undefined });
}
