import { parseApiVersion } from "@eddy/core/object";
import type { ApiResource } from "./api-resource.ts";

/** `APIGroupDiscoveryList` of `apidiscovery.k8s.io/v2` (and `v2beta1`, of the same form). */
export interface AggregatedDiscovery {
  items?: {
    metadata?: { name?: string };
    versions?: {
      version: string;
      freshness?: string;
      resources?: {
        resource: string;
        responseKind?: { group?: string; version?: string; kind?: string };
        scope?: string;
        singularResource?: string;
        verbs?: string[];
        shortNames?: string[];
        categories?: string[];
        subresources?: { subresource: string }[];
      }[];
    }[];
  }[];
}

/** Resources of an aggregated document: groups in the server's order, preferred version first. */
export function decodeAggregated(document: AggregatedDiscovery): ApiResource[] {
  return (document.items ?? []).flatMap((group) =>
    (group.versions ?? []).flatMap(({ version, resources }) =>
      (resources ?? []).map((resource): ApiResource => ({
        // An aggregated API may answer with kinds of another group; the path has the group that lists it.
        group: group.metadata?.name ?? "",
        version,
        kind: resource.responseKind?.kind ?? "",
        plural: resource.resource,
        singular: resource.singularResource ?? "",
        namespaced: resource.scope === "Namespaced",
        verbs: resource.verbs ?? [],
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        subresources: (resource.subresources ?? []).map(({ subresource }) => subresource),
      })),
    ),
  );
}

/** `APIResourceList`: the resources of one group and version, as older servers list them. */
export interface ResourceList {
  groupVersion: string;
  resources?: {
    name: string;
    singularName?: string;
    namespaced?: boolean;
    kind: string;
    verbs?: string[];
    shortNames?: string[];
    categories?: string[];
  }[];
}

/** Resources of one list; `deployments/status` becomes a subresource of `deployments`. */
export function decodeResourceList(list: ResourceList): ApiResource[] {
  const { group, version } = parseApiVersion(list.groupVersion);
  const subresources = new Map<string, string[]>();
  for (const { name } of list.resources ?? []) {
    const slash = name.indexOf("/");
    if (slash < 0) continue;
    const parent = name.slice(0, slash);
    subresources.set(parent, [...(subresources.get(parent) ?? []), name.slice(slash + 1)]);
  }
  const whole = (list.resources ?? []).filter(({ name }) => !name.includes("/"));
  return whole.map((resource): ApiResource => ({
    group,
    version,
    kind: resource.kind,
    plural: resource.name,
    singular: resource.singularName ?? "",
    namespaced: resource.namespaced ?? false,
    verbs: resource.verbs ?? [],
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    subresources: subresources.get(resource.name) ?? [],
  }));
}
