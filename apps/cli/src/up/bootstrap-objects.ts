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

/** Where the sample's charts are: the releases in its repository name these objects. Pure. */
export function chartObjects({
  repositoryUrl,
  registryUrl,
}: {
  repositoryUrl: string;
  registryUrl: string;
}): KubeObject[] {
  const object = (name: string, spec: Record<string, unknown>): KubeObject => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "HelmRepository",
    metadata: { name, namespace: bootstrapName },
    spec,
  });
  return [
    object("charts", { interval: "1m", url: repositoryUrl }),
    object("registry", { type: "oci", url: registryUrl, insecure: true }),
  ];
}
