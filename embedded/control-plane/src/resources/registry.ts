/** Every served resource, built-in and custom, by group, version and plural. */
import { formatApiVersion } from "@eddy/core/object";
import { loadPack, type AggregatedResource, type ApiResource, type DiscoveryPack } from "../data/pack.ts";
import { structOfKind } from "../types/go-type.ts";
import type { ResourceInfo, SubresourceInfo } from "./resource-info.ts";

/** Both groups of Event are one store, as in the original. */
function collectionOf(group: string, resource: string): string {
  return group === "events.k8s.io" ? "/events" : `${group}/${resource}`;
}

function coreResources(resources: readonly ApiResource[]): ResourceInfo[] {
  return resources
    .filter((resource) => !resource.name.includes("/"))
    .map((resource) => {
      const subresources = new Map<string, SubresourceInfo>();
      for (const sub of resources) {
        if (!sub.name.startsWith(`${resource.name}/`)) continue;
        const name = sub.name.slice(resource.name.length + 1);
        subresources.set(name, {
          name,
          group: sub.group ?? "",
          version: sub.version ?? "v1",
          kind: sub.kind,
          verbs: sub.verbs,
        });
      }
      return {
        group: "",
        version: "v1",
        resource: resource.name,
        singular: resource.singularName,
        kind: resource.kind,
        listKind: `${resource.kind}List`,
        namespaced: resource.namespaced,
        verbs: resource.verbs,
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        subresources,
        storageVersionHash: resource.storageVersionHash,
        collection: collectionOf("", resource.name),
        struct: structOfKind("v1", resource.kind),
        custom: undefined,
      };
    });
}

function groupResource(
  group: string,
  version: string,
  from: AggregatedResource,
  hashes: DiscoveryPack["hashes"],
): ResourceInfo {
  const subresources = new Map(
    (from.subresources ?? []).map((sub): [string, SubresourceInfo] => [
      sub.subresource,
      {
        name: sub.subresource,
        group: sub.responseKind.group === "" ? group : sub.responseKind.group,
        version: sub.responseKind.version === "" ? version : sub.responseKind.version,
        kind: sub.responseKind.kind,
        verbs: sub.verbs,
      },
    ]),
  );
  const apiVersion = formatApiVersion({ group, version });
  return {
    group,
    version,
    resource: from.resource,
    singular: from.singularResource,
    kind: from.responseKind.kind,
    listKind: `${from.responseKind.kind}List`,
    namespaced: from.scope === "Namespaced",
    verbs: from.verbs,
    shortNames: from.shortNames ?? [],
    categories: from.categories ?? [],
    subresources,
    storageVersionHash: hashes[`${apiVersion}/${from.resource}`],
    collection: collectionOf(group, from.resource),
    struct: structOfKind(apiVersion, from.responseKind.kind),
    custom: undefined,
  };
}

/** The served resources. {@link Registry.revision} grows with every change, for caches of what is made from it. */
export class Registry {
  revision: number = 0;
  private readonly byPath: Map<string, ResourceInfo> = new Map();
  /** Group to versions, both in the order of discovery. */
  private readonly versions: Map<string, string[]> = new Map();

  constructor() {
    const pack = loadPack("discovery");
    for (const info of coreResources(pack.core.resources)) this.add(info);
    for (const group of pack.groups) {
      for (const { version, resources } of group.versions) {
        for (const resource of resources) this.add(groupResource(group.metadata.name, version, resource, pack.hashes));
      }
    }
  }

  /** Adds or replaces. */
  add(info: ResourceInfo): void {
    this.byPath.set(`${info.group}/${info.version}/${info.resource}`, info);
    const versions = this.versions.get(info.group) ?? [];
    if (!versions.includes(info.version)) versions.push(info.version);
    this.versions.set(info.group, versions.sort(compareVersions));
    this.revision++;
  }

  /** Removes every custom resource of this CRD. */
  removeCustom(crd: string): void {
    for (const [path, info] of this.byPath) {
      if (info.custom?.crd !== crd) continue;
      this.byPath.delete(path);
      this.forgetVersion(info.group, info.version);
    }
    this.revision++;
  }

  private forgetVersion(group: string, version: string): void {
    if ([...this.byPath.values()].some((info) => info.group === group && info.version === version)) return;
    const left = (this.versions.get(group) ?? []).filter((each) => each !== version);
    if (left.length === 0) this.versions.delete(group);
    else this.versions.set(group, left);
  }

  find(group: string, version: string, resource: string): ResourceInfo | undefined {
    return this.byPath.get(`${group}/${version}/${resource}`);
  }

  /** The resource in any version, for those that ask about a group and a plural only. */
  findAny(group: string, resource: string): ResourceInfo | undefined {
    for (const version of this.versionsOf(group)) {
      const info = this.find(group, version, resource);
      if (info) return info;
    }
    return undefined;
  }

  /** The resource of a kind. */
  findKind(group: string, version: string, kind: string): ResourceInfo | undefined {
    return this.resourcesOf(group, version).find((info) => info.kind === kind);
  }

  /** Groups in the order of discovery, without the core group. */
  groups(): string[] {
    return [...this.versions.keys()].filter((group) => group !== "");
  }

  /** Preferred version first. */
  versionsOf(group: string): readonly string[] {
    return this.versions.get(group) ?? [];
  }

  resourcesOf(group: string, version: string): ResourceInfo[] {
    return [...this.byPath.values()].filter((info) => info.group === group && info.version === version);
  }

  all(): Iterable<ResourceInfo> {
    return this.byPath.values();
  }
}

/** Kubernetes' order of versions: GA before beta before alpha, each newest first. */
export function compareVersions(left: string, right: string): number {
  const parse = (version: string): [number, number, number] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (!match) return [-1, 0, 0];
    return [match[2] === undefined ? 2 : match[2] === "beta" ? 1 : 0, Number(match[1]), Number(match[3] ?? 0)];
  };
  const [a, b] = [parse(left), parse(right)];
  for (let index = 0; index < 3; index++) {
    const difference = (b[index] ?? 0) - (a[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left < right ? -1 : 1;
}
