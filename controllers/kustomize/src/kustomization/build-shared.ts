import type { KustomizationSpec } from "@eddy/api";
import type { FileTree } from "@eddy/core/tree";
import { buildManifests, overlayOf, type BuiltManifests } from "./build.ts";

const builds = new WeakMap<FileTree, Map<string, WeakRef<BuiltManifests>>>();

/**
 * {@link buildManifests} of an artifact, whose files never change: Kustomizations that differ in what comes after the build,
 * like variables, share one for as long as one of them holds it.
 * @throws as buildManifests
 */
export function buildShared(tree: FileTree, path: string, spec: KustomizationSpec): BuiltManifests {
  const ofTree = builds.get(tree) ?? new Map<string, WeakRef<BuiltManifests>>();
  builds.set(tree, ofTree);
  const key = JSON.stringify([path, overlayOf(spec)]);
  const known = ofTree.get(key)?.deref();
  if (known) return known;
  const built = buildManifests(tree, path, spec);
  ofTree.set(key, new WeakRef(built));
  return built;
}
