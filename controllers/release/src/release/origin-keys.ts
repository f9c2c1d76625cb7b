import type { GitOrigin } from "@eddy/runtime/source-write";

/** `<namespace>/<name>` of the GitRepository. */
export function repositoryKeyOf({ repository: { metadata } }: GitOrigin): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** `<namespace>/<name>` of the Kustomization. */
export function kustomizationKeyOf({ kustomization: { metadata } }: GitOrigin): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** Reads `<namespace>/<name>`. */
export function parseKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, Math.max(0, slash)), name: key.slice(slash + 1) };
}
