import { gitRepositoryKind, helmReleaseKind, kindOf, kustomizationKind, type Kind } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import { parseApiVersion, type KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { getObject } from "./objects.ts";

/** Where an object comes from: who applied it, and what that was made from, nearest first. */
export interface ObjectTrace {
  object: KubeObject;
  manager: KubeObject;
  sources: readonly KubeObject[];
}

/** Owners are followed so far. */
const maxOwners = 20;
const managers = [kustomizationKind, helmReleaseKind] as const;

/**
 * Finds the Kustomization or HelmRelease whose labels an object or one of its owners carries, and its sources.
 * @throws EddyError NOT_MANAGED (terminal), or KubeApiError for an object on the way that is gone.
 */
export async function traceObject(kube: KubeClient, object: KubeObject): Promise<ObjectTrace> {
  const managed = await findManager(kube, object);
  if (!managed) throw new EddyError("NOT_MANAGED", "object not managed by Flux", { class: "terminal" });
  const manager = await found(kube, managed.kind, managed.namespace, managed.name);
  return { object, manager, sources: await sourcesOf(kube, managed.kind, manager) };
}

/** The source of an object, that one's, and so on. */
async function sourcesOf(kube: KubeClient, kind: Kind, object: KubeObject): Promise<KubeObject[]> {
  const ref = kind.cli.sourceOf?.(object);
  const sourceKind = ref && kindOf({ group: gitRepositoryKind.group, kind: ref.kind });
  if (!sourceKind) return [];
  const source = await found(kube, sourceKind, ref.namespace, ref.name);
  return [source, ...(await sourcesOf(kube, sourceKind, source))];
}

interface Named {
  kind: Kind;
  namespace: string;
  name: string;
}

/** Kustomizations come before HelmReleases, as an object of a HelmRelease that a Kustomization labelled is the latter's. */
async function findManager(kube: KubeClient, object: KubeObject): Promise<Named | undefined> {
  const lineage = await ownersOf(kube, object);
  for (const kind of managers) {
    for (const { metadata } of lineage) {
      const name = metadata.labels?.[`${kind.group}/name`];
      const namespace = metadata.labels?.[`${kind.group}/namespace`] ?? "";
      if (name) return { kind, name, namespace };
    }
  }
  return undefined;
}

/** The object, its first owner that is there, that one's, and so on. */
async function ownersOf(kube: KubeClient, object: KubeObject): Promise<KubeObject[]> {
  const lineage = [object];
  for (let last: KubeObject | undefined = object; last && lineage.length < maxOwners;) {
    last = await ownerOf(kube, last);
    if (last) lineage.push(last);
  }
  return lineage;
}

async function ownerOf(kube: KubeClient, object: KubeObject): Promise<KubeObject | undefined> {
  const { namespace = "", ownerReferences = [] } = object.metadata;
  for (const { apiVersion, kind, name } of ownerReferences) {
    try {
      return await kube.get({ ...parseApiVersion(apiVersion), kind, namespace, name });
    } catch (error) {
      if (!hasReason(error, "NotFound", "NoKindMatch")) throw error;
    }
  }
  return undefined;
}

async function found(kube: KubeClient, kind: Kind, namespace: string, name: string): Promise<KubeObject> {
  try {
    return await getObject(kube, kind, namespace, name);
  } catch (cause) {
    const label = kind === kustomizationKind ? "kustomization" : kind.kind;
    throw new EddyError("TRACE_FAILED", `failed to find ${label}: ${messageOf(cause)}`, { cause });
  }
}
