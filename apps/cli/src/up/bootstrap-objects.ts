import type { KubeObject } from "@eddy/core/object";

/** What the cluster is to follow. */
export interface Followed {
  url: string;
  branch: string;
  /** Directory in the repository, like `./clusters/demo`. */
  path: string;
}

/** The namespace and the name of the first source and Kustomization, as `flux bootstrap` has them. */
export const bootstrapName = "flux-system";

/** The objects that make the cluster follow a repository. Pure. */
export function bootstrapObjects({ url, branch, path }: Followed): KubeObject[] {
  const metadata = { name: bootstrapName, namespace: bootstrapName };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: bootstrapName } },
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata,
      spec: { interval: "1m", url, ref: { branch } },
    },
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata,
      spec: { interval: "10m", path, prune: true, sourceRef: { kind: "GitRepository", name: bootstrapName } },
    },
  ];
}
