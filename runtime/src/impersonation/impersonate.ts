import type { KubeClient } from "@eddy/kube";

/** Whom a pass acts as. */
export interface ImpersonationOptions {
  /** `spec.serviceAccountName`. */
  serviceAccountName: string | undefined;
  /** `--default-service-account`. */
  defaultServiceAccount?: string;
  /** The object's own: accounts of other namespaces cannot be named. */
  namespace: string;
}

/** A client that acts as the service account, or the client itself when none is named. Source: Flux spec 3.5. */
export function impersonateServiceAccount(kube: KubeClient, options: ImpersonationOptions): KubeClient {
  const name = options.serviceAccountName || options.defaultServiceAccount;
  if (!name) return kube;
  // The API server adds the groups of a service account by itself when none are named.
  return kube.impersonate({ user: `system:serviceaccount:${options.namespace}:${name}` });
}
