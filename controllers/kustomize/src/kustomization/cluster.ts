import type { Kustomization } from "@eddy/api";
import { impersonateServiceAccount } from "@eddy/runtime/impersonation";
import type { Cluster, Ports } from "./ports.ts";

/** The cluster that a Kustomization applies to, reached as its service account when it names one. */
export function resolveCluster({ spec, metadata }: Kustomization, { local, settings }: Ports): Cluster {
  const kube = impersonateServiceAccount(local.target.kube, {
    serviceAccountName: spec.serviceAccountName,
    defaultServiceAccount: settings.defaultServiceAccount,
    namespace: metadata.namespace ?? "",
  });
  return kube === local.target.kube ? local : { ...local, target: { ...local.target, kube } };
}

/** Whether the service account that a Kustomization acts as is there. */
export async function canImpersonate({ spec, metadata }: Kustomization, { kube, settings }: Ports): Promise<boolean> {
  const name = spec.serviceAccountName || settings.defaultServiceAccount;
  if (!name) return true;
  try {
    await kube.get({ group: "", kind: "ServiceAccount", namespace: metadata.namespace ?? "", name });
    return true;
  } catch {
    return false;
  }
}
