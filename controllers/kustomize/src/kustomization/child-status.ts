import { kustomizeGroup, type Kustomization } from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import { gvkOf, type KubeObject } from "@eddy/core/object";
import type { Ports } from "./ports.ts";
import { artifactOf, sourceRefOf } from "./resolve-source.ts";

/**
 * `InProgress` for a Kustomization that is ready for another revision than its source has by now; undefined where its conditions tell all.
 * A push wakes who applies a Kustomization together with that Kustomization. Upstream's writes at once that it begins; ours is silent for
 * as long as nobody could read it, and is known by what it has attempted. Where another process reconciles it, its conditions are all
 * that is known.
 */
export function determineChildStatus(
  object: KubeObject,
  { caches, kustomizations }: Pick<Ports, "caches" | "kustomizations">,
): "InProgress" | undefined {
  const { group, kind } = gvkOf(object);
  if (group !== kustomizeGroup || kind !== "Kustomization") return undefined;
  const { name, namespace = "", uid } = object.metadata;
  if (kustomizations.get(namespace, name)?.metadata.uid !== uid) return undefined;
  const child = object as Kustomization;
  return isBehindSource(child, caches.get(sourceRefOf(child))) ? "InProgress" : undefined;
}

/**
 * Whether a Kustomization is ready, but for another revision than this source has, which the next pass is about to attempt. One that is
 * suspended has no next pass. Pure.
 */
export function isBehindSource({ metadata, spec, status }: Kustomization, source: KubeObject | undefined): boolean {
  if (spec.suspend || metadata.deletionTimestamp !== undefined || !isTrue(status?.conditions, "Ready")) return false;
  const artifact = source && artifactOf(source);
  return artifact !== undefined && artifact.revision !== status?.lastAttemptedRevision;
}
