import type { Kustomization } from "@eddy/api";
import { impersonateServiceAccount } from "@eddy/runtime/impersonation";
import type { Cluster, Ports } from "./ports.ts";
import { remoteRefOf } from "./remote-clusters.ts";

/**
 * The cluster that a Kustomization applies to: this one, or the one that its kubeconfig leads to; reached as its service
 * account when it names one, which is then an account of that cluster.
 * @throws StepError ReconciliationFailed
 */
export async function resolveCluster(object: Kustomization, ports: Ports): Promise<Cluster> {
  const { spec, metadata } = object;
  const cluster = spec.kubeConfig ? await ports.remotes.connect(object) : ports.local;
  const kube = impersonateServiceAccount(cluster.target.kube, {
    serviceAccountName: spec.serviceAccountName,
    defaultServiceAccount: ports.settings.defaultServiceAccount,
    namespace: metadata.namespace ?? "",
  });
  if (kube === cluster.target.kube) return cluster;
  return { ...cluster, target: { ...cluster.target, kube }, isImpersonated: true };
}

/** Whether the service account that a Kustomization acts as, or the kubeconfig that it uses, is still there. */
export async function canReachCluster(object: Kustomization, { kube, settings }: Ports): Promise<boolean> {
  const { spec, metadata } = object;
  const name = spec.serviceAccountName || settings.defaultServiceAccount;
  const account = name ? { group: "", kind: "ServiceAccount", namespace: metadata.namespace ?? "", name } : undefined;
  // An account of another cluster cannot be looked up here.
  const needed = remoteRefOf(object) ?? account;
  if (!needed) return true;
  try {
    await kube.get(needed, { metadataOnly: true });
    return true;
  } catch {
    return false;
  }
}
