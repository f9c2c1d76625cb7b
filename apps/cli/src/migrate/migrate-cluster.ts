import { EddyError, messageOf } from "@eddy/core/errors";
import { formatObjectName, refOf, valueAt, type KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { isFluxKind } from "./target-versions.ts";

const definitions = { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", version: "v1" };
const maxAttempts = 5;

/**
 * Stores every object of Flux's kinds in the version that its definition stores now, and says in the definition that there are no
 * others. Told of each object and each definition that was written. Idempotent. Source: fluxcd/flux2 2.9.5 cmd/flux/migrate.go.
 * @throws EddyError MIGRATION_FAILED (retry) naming the definition
 */
export async function migrateCluster(
  kube: KubeClient,
  told: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { items } = await kube.list(definitions, { signal });
  for (const definition of items.filter(isFluxDefinition)) {
    const { name } = definition.metadata;
    try {
      await migrateDefinition(kube, definition, told, signal);
    } catch (cause) {
      throw new EddyError("MIGRATION_FAILED", `failed to migrate resources for CRD ${name}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }
}

function isFluxDefinition({ metadata, spec }: KubeObject): boolean {
  const group = String(valueAt(spec, "group") ?? "");
  return metadata.labels?.["app.kubernetes.io/part-of"] === "flux" || isFluxKind({ group });
}

async function migrateDefinition(
  kube: KubeClient,
  definition: KubeObject,
  told: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { name } = definition.metadata;
  const versions = (valueAt(definition, "spec", "versions") ?? []) as { name: string; storage: boolean }[];
  const version = versions.find(({ storage }) => storage)?.name;
  if (version === undefined) throw new Error("no storage version found");
  const group = String(valueAt(definition, "spec", "group"));
  const kind = String(valueAt(definition, "spec", "names", "kind"));
  const { items } = await kube.list({ group, kind, version }, { signal });
  for (const object of items) {
    if (await storeAnew(kube, object, `${group}/${version}`, signal))
      told(`${formatObjectName(refOf(object))} migrated to version ${version}`);
  }
  const stored = (valueAt(definition, "status", "storedVersions") ?? []) as string[];
  if (stored.length === 1 && stored[0] === version) return;
  const status = { storedVersions: [version] };
  await kube.patch({ ...refOf(definition), version: "v1" }, "merge", { status }, { subresource: "status", signal });
  told(`${name} migrated to storage version ${version}`);
}

/** Writes an object as it is; its managers' fields are said to be of this version. False for one that is gone. */
async function storeAnew(
  kube: KubeClient,
  object: KubeObject,
  apiVersion: string,
  signal: AbortSignal,
): Promise<boolean> {
  const key = { ...refOf(object), version: apiVersion.slice(apiVersion.indexOf("/") + 1) };
  let current = object;
  for (let attempt = 1; ; attempt++) {
    try {
      const managers = current.metadata.managedFields ?? [];
      if (managers.every((manager) => manager.apiVersion === apiVersion))
        await kube.patch(key, "merge", {}, { signal });
      else await kube.patch(key, "json", renamingManagers(current, apiVersion), { signal });
      return true;
    } catch (error) {
      if (hasReason(error, "NotFound")) return false;
      if (!hasReason(error, "Conflict") || attempt === maxAttempts) throw error;
      current = await kube.get(key, { signal });
    }
  }
}

// With the resource version, so that nothing that a controller writes meanwhile is lost.
function renamingManagers({ metadata }: KubeObject, apiVersion: string): object[] {
  const managedFields = (metadata.managedFields ?? []).map((manager) => ({ ...manager, apiVersion }));
  return [
    { op: "replace", path: "/metadata/managedFields", value: managedFields },
    { op: "replace", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
  ];
}
