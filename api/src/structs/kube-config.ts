import { object, type Schema } from "../schema.ts";
import {
  localObjectReference,
  secretKeyReference,
  type LocalObjectReference,
  type SecretKeyReference,
} from "./references.ts";

/**
 * Another cluster: exactly one of the two. Secret: a kubeconfig under `key`, else under `value` or `value.yaml`.
 * ConfigMap: `provider`, `cluster`, `address`, `ca.crt`, `audiences`, `serviceAccountName` of a workload identity login.
 */
export interface KubeConfigReference {
  configMapRef?: LocalObjectReference;
  secretRef?: SecretKeyReference;
}

const message = "exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified";

/** Schema of {@link KubeConfigReference}. */
export const kubeConfigSchema: Schema<KubeConfigReference> = object<KubeConfigReference>(
  {
    configMapRef: localObjectReference("ConfigMap that says how to log in to the cluster with a workload identity."),
    secretRef: secretKeyReference("Secret with a kubeconfig under the key, or under `value` or `value.yaml`."),
  },
  {
    description: "Cluster to apply to, instead of the own one.",
    validations: [
      { message, rule: "has(self.configMapRef) || has(self.secretRef)" },
      { message, rule: "!has(self.configMapRef) || !has(self.secretRef)" },
    ],
  },
);
