import type { KubeObject } from "@eddy/core/object";

const serverAnnotations = ["kubectl.kubernetes.io/last-applied-configuration", "reconcile.fluxcd.io/requestedAt"];

/** An object as it would be committed: apiVersion, kind, name, namespace, labels, annotations, and all but the status. */
export function exportable(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, status: _status, ...members } = object;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !serverAnnotations.includes(key));
  return {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    },
    ...members,
  };
}
