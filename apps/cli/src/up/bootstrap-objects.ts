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

/** The ConfigMap with what a repository may want to know of the cluster, for `substituteFrom`. */
export const clusterConfigName = "cluster";

/** The objects that make the cluster follow a repository; under lockdown as an account that may do everything. Pure. */
export function bootstrapObjects(
  { url, branch, path }: Followed,
  options: { lockdown: boolean; inboxUrl: string | undefined },
): KubeObject[] {
  const metadata = { name: bootstrapName, namespace: bootstrapName };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: bootstrapName } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: clusterConfigName, namespace: bootstrapName },
      data: {
        repository_url: url,
        branch,
        ...(options.inboxUrl === undefined ? {} : { inbox_url: options.inboxUrl }),
      },
    },
    ...(options.lockdown ? accountObjects() : []),
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
      spec: {
        interval: "10m",
        path,
        prune: true,
        sourceRef: { kind: "GitRepository", name: bootstrapName },
        ...(options.lockdown ? { serviceAccountName: bootstrapName } : {}),
      },
    },
  ];
}

/** The account that the first Kustomization acts as where an object without one may do nothing. */
function accountObjects(): KubeObject[] {
  const group = "rbac.authorization.k8s.io";
  const metadata = { name: bootstrapName };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadata, namespace: bootstrapName } },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRole",
      metadata,
      rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: group, kind: "ClusterRole", name: bootstrapName },
      subjects: [{ kind: "ServiceAccount", name: bootstrapName, namespace: bootstrapName }],
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
