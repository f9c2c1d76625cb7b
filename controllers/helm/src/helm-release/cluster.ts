import type { HelmRelease } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { hasReason } from "@eddy/kube";
import { StepError } from "@eddy/runtime/controller";
import { impersonateServiceAccount } from "@eddy/runtime/impersonation";
import type { Cluster, Ports } from "./ports.ts";
import { remoteRefOf } from "./remote-clusters.ts";

/**
 * The cluster that a release goes to: this one, or the one that its kubeconfig leads to; reached as its service account when
 * it names one, which is then an account of that cluster.
 * @throws StepError RESTClientError
 */
export async function resolveCluster(object: HelmRelease, ports: Ports): Promise<Cluster> {
  const { spec, metadata } = object;
  const cluster = spec.kubeConfig ? await ports.remotes.connect(object) : ports.local;
  const kube = impersonateServiceAccount(cluster.kube, {
    serviceAccountName: spec.serviceAccountName,
    defaultServiceAccount: ports.settings.defaultServiceAccount,
    namespace: metadata.namespace ?? "",
  });
  return kube === cluster.kube ? cluster : { ...cluster, kube };
}

/**
 * Whether what a pass needs to reach the cluster is gone, so that a deleted HelmRelease cannot uninstall anything: the
 * kubeconfig, or the service account that it acts as. Other failures to look are no answer.
 * @throws StepError UninstallFailed
 */
export async function isClusterOutOfReach(object: HelmRelease, { kube, settings }: Ports): Promise<boolean> {
  const { spec, metadata } = object;
  const name = spec.serviceAccountName || settings.defaultServiceAccount;
  const account = name ? { group: "", kind: "ServiceAccount", namespace: metadata.namespace ?? "", name } : undefined;
  // An account of another cluster cannot be looked up here.
  const needed = remoteRefOf(object) ?? account;
  if (!needed) return false;
  try {
    await kube.get(needed, { metadataOnly: true });
    return false;
  } catch (cause) {
    if (hasReason(cause, "NotFound")) return true;
    throw new StepError(
      "UninstallFailed",
      `failed to confirm ${needed.kind} '${needed.name}' can be used to uninstall release: ${messageOf(cause)}`,
      { cause },
    );
  }
}
