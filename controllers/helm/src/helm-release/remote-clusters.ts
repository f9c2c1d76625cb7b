import { helmControllerName, type HelmRelease } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { connect, parseKubeconfig, resolveContext, restrictKubeConfig, type KubeClient } from "@eddy/kube";
import { createAppliedMemory } from "@eddy/runtime/apply";
import { StepError } from "@eddy/runtime/controller";
import { createStatusSource } from "@eddy/runtime/health";
import type { Cluster } from "./ports.ts";

/** Clusters that kubeconfigs in Secrets lead to; one connection for each Secret, made anew when it changes. */
export interface RemoteClusters {
  /** @throws StepError RESTClientError (retry) in upstream's words when the Secret is not there or no kubeconfig. */
  connect(ref: ObjectRef, key: string | undefined): Promise<Cluster>;
  close(): void;
}

/** The Secret that `spec.kubeConfig.secretRef` names, in the HelmRelease's namespace. */
export function kubeConfigRefOf({ spec, metadata }: HelmRelease): ObjectRef | undefined {
  const secret = spec.kubeConfig?.secretRef;
  return secret && { group: "", kind: "Secret", namespace: metadata.namespace ?? "", name: secret.name };
}

/** No connections yet. A tenant's kubeconfig runs no programs, skips no verification and reads no files of this process. */
export function createRemoteClusters(kube: KubeClient, clock: Clock): RemoteClusters {
  const known = new Map<string, { text: string; cluster: Cluster }>();
  return {
    async connect(ref, key) {
      const text = kubeconfigOf(await readSecret(kube, ref), ref, key);
      const id = `${ref.namespace}/${ref.name}/${key ?? ""}`;
      const entry = known.get(id);
      if (entry?.text === text) return entry.cluster;
      entry?.cluster.kube.close();
      const remote = open(text, ref);
      const cluster: Cluster = {
        kube: remote,
        memory: createAppliedMemory({ fieldManager: helmControllerName }),
        statuses: createStatusSource(remote, clock),
        isRemote: true,
      };
      known.set(id, { text, cluster });
      return cluster;
    },
    close() {
      for (const { cluster } of known.values()) cluster.kube.close();
      known.clear();
    },
  };
}

async function readSecret(kube: KubeClient, ref: ObjectRef): Promise<KubeObject> {
  try {
    return await kube.get({ ...ref, version: "v1" });
  } catch (cause) {
    throw failure(`could not get KubeConfig secret '${ref.namespace}/${ref.name}': ${messageOf(cause)}`, cause);
  }
}

function kubeconfigOf(secret: KubeObject, { namespace, name }: ObjectRef, key: string | undefined): string {
  const data = isObject(secret["data"]) ? secret["data"] : {};
  for (const candidate of key === undefined ? ["value", "value.yaml"] : [key]) {
    const encoded = data[candidate];
    if (typeof encoded === "string") return Buffer.from(encoded, "base64").toString("utf8");
  }
  throw failure(
    `KubeConfig secret '${namespace}/${name}' does not contain a '${key ?? "value"}' key with a kubeconfig`,
  );
}

function open(text: string, { namespace, name }: ObjectRef): KubeClient {
  try {
    const config = resolveContext(parseKubeconfig(text));
    return connect(restrictKubeConfig(config, { exec: "strip", insecureTls: "strip", files: "strip" }));
  } catch (cause) {
    throw failure(`couldn't load KubeConfig from secret '${namespace}/${name}': ${messageOf(cause)}`, cause);
  }
}

function failure(message: string, cause?: unknown): StepError {
  return new StepError("RESTClientError", message, {
    eventMessage: "",
    ...(cause === undefined ? {} : { cause }),
  });
}
