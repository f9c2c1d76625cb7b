import { isObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/** What the cluster writes and Git must not have. Source: fluxcd/flux cmd/fluxctl/save_cmd.go. */
const dropped: ReadonlySet<string> = new Set([
  "uid",
  "selfLink",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "managedFields",
  "ownerReferences",
]);
const droppedAnnotations: readonly string[] = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "kubernetes.io/change-cause",
  "deployment.kubernetes.io/revision",
  "deprecated.daemonset.template.generation",
  "fluxcd.io/sync-checksum",
  "reconcile.fluxcd.io/requestedAt",
];
const droppedLabels = /^(?:fluxcd\.io\/sync-gc-mark|kustomize\.toolkit\.fluxcd\.io\/|helm\.toolkit\.fluxcd\.io\/)/;

/** An object as a repository starts with it: nothing that the server wrote, no empty maps. Pure. */
export function savedObject(object: KubeObject): KubeObject {
  const { status: _, apiVersion, kind, metadata, ...rest } = object;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !droppedAnnotations.includes(key));
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !droppedLabels.test(key));
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !dropped.has(key)));
  const whole = {
    ...kept,
    name: metadata.name,
    annotations: Object.fromEntries(annotations),
    labels: Object.fromEntries(labels),
  };
  return withoutEmpty({ apiVersion, kind, metadata: whole, ...rest }) as KubeObject;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key, inner]) => inner !== null && key !== "creationTimestamp")
    .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
    .filter(([, inner]) => !isObject(inner) || Object.keys(inner).length > 0);
  return Object.fromEntries(entries);
}

const suffixes: Readonly<Record<string, string>> = { Deployment: "dep", Namespace: "ns" };

/** Where an object is saved: `<ns>-ns.yaml`, `<ns>/<name>-dep.yaml`, `<ns>/<name>-<kind>.yaml`. Pure. */
export function savedPath({ kind, metadata }: KubeObject): string {
  const suffix = suffixes[kind] ?? kind.toLowerCase();
  const file = `${metadata.name.replaceAll(/[^A-Za-z0-9.-]/g, "-")}-${suffix}.yaml`;
  return metadata.namespace === undefined ? file : `${metadata.namespace}/${file}`;
}
