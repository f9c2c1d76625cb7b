import type { KubeObject } from "@eddy/core/object";

/** A tenant: who reconciles in which namespaces, with which rights. */
export interface Tenant {
  name: string;
  namespaces: readonly string[];
  /** Of each namespace's ServiceAccount. */
  account: string;
  clusterRole: string;
  labels: Readonly<Record<string, string>>;
}

/** What one namespace of a tenant is made of. */
export interface TenantNamespace {
  namespace: KubeObject;
  account: KubeObject;
  roleBinding: KubeObject;
}

const rbac = "rbac.authorization.k8s.io";

/** The objects of a tenant, by namespace. Source: fluxcd/flux2 cmd/flux/create_tenant.go. */
export function tenantObjects({ name, namespaces, account, clusterRole, labels: given }: Tenant): TenantNamespace[] {
  const labels = { ...given, "toolkit.fluxcd.io/tenant": name };
  return namespaces.map((namespace) => ({
    namespace: { apiVersion: "v1", kind: "Namespace", metadata: { labels, name: namespace } },
    account: { apiVersion: "v1", kind: "ServiceAccount", metadata: { labels, name: account, namespace } },
    roleBinding: {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { labels, name: `${name}-reconciler`, namespace },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: clusterRole },
      subjects: [
        { apiGroup: rbac, kind: "User", name: `gotk:${namespace}:reconciler` },
        { kind: "ServiceAccount", name: account, namespace },
      ],
    },
  }));
}
