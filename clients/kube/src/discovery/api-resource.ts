/** One served resource, as discovery lists it. */
export interface ApiResource {
  group: string;
  version: string;
  kind: string;
  /** Plural name in paths, like `deployments`. */
  plural: string;
  singular: string;
  namespaced: boolean;
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: readonly string[];
}
