/** What the server knows of one served resource in one version. */
import type { GoStruct } from "../types/go-type.ts";
import type { CustomKind } from "../crd/custom-kind.ts";

export interface SubresourceInfo {
  name: string;
  /** The kind that its requests and answers have. */
  group: string;
  version: string;
  kind: string;
  verbs: readonly string[];
}

export interface ResourceInfo {
  group: string;
  version: string;
  /** Plural, as in the path. */
  resource: string;
  singular: string;
  kind: string;
  listKind: string;
  namespaced: boolean;
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: ReadonlyMap<string, SubresourceInfo>;
  storageVersionHash: string | undefined;
  /** Where its objects are stored: `<group>/<resource>`; events of both groups share one. */
  collection: string;
  /** Built-in kinds have a Go struct, custom ones a compiled schema; virtual resources (reviews) may have neither. */
  struct: GoStruct | undefined;
  custom: CustomKind | undefined;
}

/** `apps/v1`, or `v1`. */
export const groupVersionOf = (info: { group: string; version: string }): string =>
  info.group === "" ? info.version : `${info.group}/${info.version}`;

/** The version in which objects of a resource are stored: kinds with several shapes have one at rest. */
export function storageApiVersion(info: ResourceInfo): string {
  if (info.custom) return `${info.group}/${info.custom.storageVersion}`;
  if (info.collection === "/events") return "v1";
  return info.collection === "autoscaling/horizontalpodautoscalers" ? "autoscaling/v2" : groupVersionOf(info);
}

/** `<namespace>/<name>`, or `<name>`. */
export const storageKey = (info: ResourceInfo, namespace: string, name: string): string =>
  info.namespaced ? `${namespace}/${name}` : name;
