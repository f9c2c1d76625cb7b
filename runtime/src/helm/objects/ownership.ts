import type { KubeObject } from "@eddy/core/object";

/** The release that objects belong to. */
export interface ReleaseOwner {
  name: string;
  namespace: string;
}

const managedByLabel = "app.kubernetes.io/managed-by";
const nameAnnotation = "meta.helm.sh/release-name";
const namespaceAnnotation = "meta.helm.sh/release-namespace";

/** The object marked as the release's; marks of another one are overwritten. Source: Helm `action/validate.go`. */
export function markOwned(object: KubeObject, owner: ReleaseOwner): KubeObject {
  const { labels = {}, annotations = {} } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, [managedByLabel]: "Helm" },
      annotations: { ...annotations, [nameAnnotation]: owner.name, [namespaceAnnotation]: owner.namespace },
    },
  };
}

/** Why an object is not the release's, in Helm's words; undefined when it is. */
export function ownershipProblem({ metadata }: Pick<KubeObject, "metadata">, owner: ReleaseOwner): string | undefined {
  const problems = [
    requireValue("label", metadata.labels, managedByLabel, "Helm"),
    requireValue("annotation", metadata.annotations, nameAnnotation, owner.name),
    requireValue("annotation", metadata.annotations, namespaceAnnotation, owner.namespace),
  ].filter((problem) => problem !== undefined);
  return problems.length === 0 ? undefined : `invalid ownership metadata; ${problems.join("; ")}`;
}

function requireValue(
  what: "label" | "annotation",
  values: Record<string, string> | undefined,
  key: string,
  want: string,
): string | undefined {
  const is = values?.[key];
  if (is === want) return undefined;
  const lead = `${what} validation error:`;
  if (is === undefined) return `${lead} missing key "${key}": must be set to ${JSON.stringify(want)}`;
  return `${lead} key "${key}" must equal ${JSON.stringify(want)}: current value is ${JSON.stringify(is)}`;
}
