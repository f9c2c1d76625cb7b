import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { valueAt, type KubeObject } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { DockerConfig } from "@eddy/oci";
import { readRegistryLogins, type SecretStore } from "@eddy/runtime/registry-access";

/** What reading pull secrets needs. */
export interface PullLoginPorts {
  readonly kube: KubeClient;
  readonly secrets: SecretStore;
  readonly masker: Masker;
}

/** The logins that a workload's pods pull with, and why some are missing. */
export interface PullLogins {
  readonly configs: readonly DockerConfig[];
  readonly missing: readonly string[];
}

const podSpecs: readonly (readonly string[])[] = [
  ["spec", "template", "spec"],
  ["spec", "jobTemplate", "spec", "template", "spec"],
];

/** The pull secrets of a pod's template and of its ServiceAccount. One that cannot be read is left out, as the kubelet does. */
export async function readPullLogins(workload: KubeObject, ports: PullLoginPorts): Promise<PullLogins> {
  const namespace = workload.metadata.namespace ?? "";
  const pod = podSpecs.map((path) => valueAt(workload, ...path)).find(isObject) ?? {};
  const named = Array.isArray(pod["imagePullSecrets"]) ? pod["imagePullSecrets"] : [];
  const secrets = named.flatMap((ref) => (isObject(ref) && typeof ref["name"] === "string" ? [ref["name"]] : []));
  const account = typeof pod["serviceAccountName"] === "string" ? pod["serviceAccountName"] : "default";
  const references = [...secrets.map((name) => ({ secretRef: { name } })), { serviceAccountName: account }];
  const [configs, missing]: [DockerConfig[], string[]] = [[], []];
  for (const reference of references) {
    try {
      configs.push(...(await readRegistryLogins(namespace, reference, ports)).configs);
    } catch (error) {
      const isNobody = "serviceAccountName" in reference && isNotFound(error);
      if (!isNobody) missing.push(messageOf(error));
    }
  }
  return { configs, missing };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && hasReason(error.cause, "NotFound");
}
