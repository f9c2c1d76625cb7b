import type { ResourceRef } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { gvkOf, type KubeObject } from "@eddy/core/object";
import { listCrds, type Chart, type Values } from "@eddy/helm";
import { hasReason, type KubeClient } from "@eddy/kube";
import { parseManifest } from "@eddy/runtime/helm";
import { inventoryOfObjects } from "@eddy/runtime/inventory";

const hookAnnotation = "helm.sh/hook";

/** The objects of a manifest that are no hooks, lists taken apart. Pure. @throws EddyError MANIFEST_INVALID (terminal) */
export function objectsOfManifest(manifest: string): KubeObject[] {
  return parseManifest(manifest).filter(({ metadata }) => metadata.annotations?.[hookAnnotation] === undefined);
}

/** Objects with the namespace that their kinds' scope asks for, and what could not be found out. */
export interface ScopedObjects {
  objects: KubeObject[];
  warnings: string[];
}

/** Gives namespaced objects without a namespace that of the release. */
export async function scopeObjects(
  objects: readonly KubeObject[],
  namespace: string,
  kube: KubeClient,
): Promise<ScopedObjects> {
  const warnings = new Set<string>();
  const scoped = await Promise.all(
    objects.map(async (object) => {
      if (object.metadata.namespace) return object;
      try {
        const { namespaced } = await kube.resourceFor(gvkOf(object));
        return namespaced ? { ...object, metadata: { ...object.metadata, namespace } } : object;
      } catch (error) {
        if (!hasReason(error, "NoKindMatch")) throw error;
        warnings.add(
          `failed to determine if ${object.kind} is namespace scoped, skipping namespace: ${messageOf(error)}`,
        );
        return object;
      }
    }),
  );
  return { objects: scoped, warnings: [...warnings] };
}

/** Everything that a release put into the cluster: what its manifest has, hooks aside, and the definitions of its chart. */
export async function inventoryOfRelease(
  release: { manifest?: string; namespace: string },
  chart: { chart: Chart; values: Values } | undefined,
  kube: KubeClient,
): Promise<{ entries: ResourceRef[]; warnings: string[] }> {
  const { objects, warnings } = await scopeObjects(objectsOfManifest(release.manifest ?? ""), release.namespace, kube);
  const definitions = chart
    ? listCrds(chart.chart, { values: chart.values }).flatMap(({ content }) => objectsOfManifest(content))
    : [];
  return { entries: inventoryOfObjects([...objects, ...definitions]), warnings };
}
