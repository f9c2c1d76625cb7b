import { kustomizeNameLabel, kustomizeNamespaceLabel, type Kustomization } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";

/** The object with the labels that say whose it is, and the Kustomization's common metadata over them. */
export function withOwnership(object: KubeObject, { metadata, spec }: Kustomization): KubeObject {
  const { labels, annotations } = spec.commonMetadata ?? {};
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: {
        ...object.metadata.labels,
        [kustomizeNameLabel]: metadata.name,
        [kustomizeNamespaceLabel]: metadata.namespace ?? "",
        ...labels,
      },
      ...(annotations ? { annotations: { ...object.metadata.annotations, ...annotations } } : {}),
    },
  };
}
