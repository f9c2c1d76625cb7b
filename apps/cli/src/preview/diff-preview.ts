import { kustomizeFieldManager, type Kustomization } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import {
  compareRefs,
  compileIgnoreRules,
  normalizeObject,
  previewObject,
  type ObjectPreview,
} from "@eddy/runtime/apply";
import { inventoryOfChanges, staleObjects } from "@eddy/runtime/inventory";
import { compareValues } from "../difference/compare-values.ts";
import type { Difference } from "../difference/difference.ts";
import { buildPreview, keyOf, localPathOf, nestedKustomizations, type PreviewSettings } from "./build-preview.ts";
import { hideSecret } from "./hide-secret.ts";
import { isFluxKustomization, readLive, withStatus } from "./load-kustomization.ts";

/** What a merge would do to one object. */
export type ObjectChange =
  | { action: "created" | "deleted" | "skipped"; ref: ObjectRef }
  | { action: "drifted"; ref: ObjectRef; differences: readonly Difference[] }
  /** A Kustomization whose own objects change, or that applies to a cluster which cannot be asked. */
  | { action: "changed below"; ref: ObjectRef; changes: readonly ObjectChange[] }
  | { action: "remote"; ref: ObjectRef };

/** How a diff is made. */
export interface DiffSettings extends PreviewSettings {
  kube: KubeClient;
  recursive: boolean;
  signal: AbortSignal;
  /** Told before each object. */
  onObject?(name: string, done: number, total: number): void;
}

const concurrency = 8;

/**
 * What a pass over this Kustomization would change in the cluster, in the order of building, what it would delete last.
 * Unchanged objects are not in it. Nothing is written. Source: fluxcd/flux2 2.9.5 internal/build `Builder.diff`.
 * @throws EddyError DIFF_FAILED with every object that the server refuses
 */
export async function diffPreview(
  object: Kustomization,
  path: string,
  settings: DiffSettings,
  above: ReadonlySet<string> = new Set(),
): Promise<ObjectChange[]> {
  const objects = await buildPreview(object, path, settings);
  const errors: unknown[] = [];
  const previews = await previewAll(objects, object, settings, errors);
  const changes: ObjectChange[] = [];
  const visited = new Set([...above, keyOf(object)]);
  for (const { built, preview } of previews) {
    const change = changeOf(built, preview);
    if (change) changes.push(change);
    if (!settings.recursive || !isFluxKustomization(built) || preview.action === "created") continue;
    const below = await diffBelow(built, settings, visited).catch((error: unknown) => void errors.push(error));
    if (below) changes.push({ ref: preview.ref, ...below });
  }
  if (errors.length > 0) throw failure(errors);
  return [...changes, ...deletedOf(object, previews)];
}

interface Previewed {
  built: KubeObject;
  preview: ObjectPreview;
}

async function previewAll(
  objects: readonly KubeObject[],
  { metadata, spec }: Kustomization,
  settings: DiffSettings,
  errors: unknown[],
): Promise<Previewed[]> {
  const { kube, signal } = settings;
  const owner = { name: metadata.name, namespace: metadata.namespace ?? "" };
  const options = {
    fieldManager: kustomizeFieldManager,
    force: spec.force === true,
    rules: compileIgnoreRules(spec.ignore ?? []),
    signal,
  };
  const results = new Map<number, Previewed>();
  const queue = objects.entries();
  const work = async (): Promise<void> => {
    for (const [index, object] of queue) {
      signal.throwIfAborted();
      settings.onObject?.(object.metadata.name, results.size, objects.length);
      const built = normalizeObject(object, owner, spec.commonMetadata);
      try {
        results.set(index, { built, preview: await previewObject(built, kube, options) });
      } catch (error) {
        signal.throwIfAborted();
        errors[errors.length] = error;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return objects.flatMap((_object, index) => results.get(index) ?? []);
}

function changeOf(built: KubeObject, preview: ObjectPreview): ObjectChange | undefined {
  const { ref } = preview;
  if (preview.action === "unchanged") return undefined;
  if (preview.action !== "configured") return { action: preview.action, ref };
  const shown = hideSecret(built, preview);
  if (!shown) return undefined;
  const [live, merged] = [shown.live, shown.merged] as unknown as [Json, Json];
  return { action: "drifted", ref, differences: compareValues(live, merged) };
}

async function diffBelow(
  built: KubeObject,
  settings: DiffSettings,
  visited: ReadonlySet<string>,
): Promise<{ action: "remote" } | { action: "changed below"; changes: readonly ObjectChange[] } | undefined> {
  const [nested] = nestedKustomizations([built]);
  if (!nested || visited.has(keyOf(nested))) return undefined;
  if (nested.spec.kubeConfig) return { action: "remote" };
  const { namespace = "", name } = nested.metadata;
  const live = await readLive(settings.kube, namespace, name, true);
  const path = localPathOf(nested, settings.localSources);
  const changes = await diffPreview(withStatus(nested, live), path, settings, visited);
  return changes.some(isChange) ? { action: "changed below", changes } : undefined;
}

function deletedOf({ spec, status }: Kustomization, previews: readonly Previewed[]): ObjectChange[] {
  if (!spec.prune) return [];
  const current = inventoryOfChanges(
    previews.map(({ preview: { ref, version } }) => ({ ref, version, action: "unchanged" })),
  );
  const stale = staleObjects(status?.inventory?.entries, current).map(({ ref }) => ref);
  return stale.sort(compareRefs).map((ref) => ({ action: "deleted", ref }));
}

/** Whether a change is one: what is skipped stays as it is, and nothing is known of a remote cluster. */
export function isChange({ action }: ObjectChange): boolean {
  return action !== "skipped" && action !== "remote";
}

function failure(errors: readonly unknown[]): EddyError {
  const messages = [...new Set(errors.map(messageOf))];
  const [only = ""] = messages;
  return new EddyError("DIFF_FAILED", messages.length === 1 ? only : `[${messages.join(", ")}]`, {
    cause: errors[0],
  });
}
