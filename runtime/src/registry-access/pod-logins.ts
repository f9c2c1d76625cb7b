import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import type { DockerConfig } from "@eddy/oci";
import { readRegistryLogins, type RegistrySecretPorts } from "./registry-secrets.ts";

/** What pods are said to pull with. */
export interface PullReferences {
  /** Names of Secrets, in order. */
  readonly secrets: readonly string[];
  /** Absent for what has no pods of its own. */
  readonly serviceAccountName?: string;
}

/** The logins that were found, and why some were not. */
export interface PodLogins {
  readonly configs: readonly DockerConfig[];
  readonly missing: readonly string[];
}

const podSpecs: readonly (readonly string[])[] = [
  ["spec", "template", "spec"],
  ["spec", "jobTemplate", "spec", "template", "spec"],
];

/** What the pods of a workload are to pull with: the pull secrets of the template, and the ServiceAccount. Pure. */
export function pullReferencesOf(workload: KubeObject): PullReferences {
  const pod = podSpecs.map((path) => valueAt(workload, ...path)).find(isObject) ?? {};
  const named: unknown = pod["imagePullSecrets"];
  const refs: unknown[] = Array.isArray(named) ? named : [];
  const account = pod["serviceAccountName"];
  return {
    secrets: refs.flatMap((ref) => (isObject(ref) && typeof ref["name"] === "string" ? [ref["name"]] : [])),
    serviceAccountName: typeof account === "string" && account !== "" ? account : "default",
  };
}

/** The logins of all that is referred to. What cannot be read is left out, as the kubelet does; a ServiceAccount may be absent. */
export async function readPodLogins(
  namespace: string,
  { secrets, serviceAccountName }: PullReferences,
  ports: RegistrySecretPorts,
): Promise<PodLogins> {
  const [configs, missing]: [DockerConfig[], string[]] = [[], []];
  for (const reference of [...secrets.map((name) => ({ secretRef: { name } })), { serviceAccountName }]) {
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
