import { kustomizeFieldManager, type Kustomization } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { createAppliedMemory } from "@eddy/runtime/apply";
import { StepError } from "@eddy/runtime/controller";
import { createStatusSource } from "@eddy/runtime/health";
import { kubeConfigRefOf, type RemoteClients } from "@eddy/runtime/remote-cluster";
import type { Cluster } from "./ports.ts";

/** Clusters that Kustomizations name, with what is known of their objects. */
export interface RemoteClusters {
  /** @throws StepError ReconciliationFailed (retry) in upstream's words */
  connect(object: Kustomization): Promise<Cluster>;
  close(): void;
}

/** The Secret or ConfigMap that leads a Kustomization to another cluster. */
export function remoteRefOf({ spec, metadata }: Kustomization): ObjectRef | undefined {
  return kubeConfigRefOf(spec.kubeConfig, metadata.namespace ?? "");
}

/** Knows nothing yet; what was known of a cluster goes with its client. */
export function createRemoteClusters(clients: RemoteClients, clock: Clock): RemoteClusters {
  const known = new WeakMap<KubeClient, Cluster>();
  return {
    async connect({ spec, metadata }) {
      const client = await clients.open(spec.kubeConfig ?? {}, metadata.namespace ?? "").catch((cause: unknown) => {
        const message = messageOf(cause);
        const eventMessage = `failed to build kube client: ${message}`;
        throw new StepError("ReconciliationFailed", message, { cause, eventMessage });
      });
      const cluster = known.get(client) ?? {
        target: { kube: client, memory: createAppliedMemory({ fieldManager: kustomizeFieldManager }) },
        statuses: createStatusSource(client, clock),
        isRemote: true,
      };
      known.set(client, cluster);
      return cluster;
    },
    close: () => clients.close(),
  };
}
