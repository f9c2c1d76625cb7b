import type { KubeConfigReference } from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";

/** The Secret or ConfigMap that leads to another cluster, in the object's namespace. */
export function kubeConfigRefOf(kubeConfig: KubeConfigReference | undefined, namespace: string): ObjectRef | undefined {
  const { secretRef, configMapRef } = kubeConfig ?? {};
  if (secretRef) return { group: "", kind: "Secret", namespace, name: secretRef.name };
  return configMapRef && { group: "", kind: "ConfigMap", namespace, name: configMapRef.name };
}
