import { helmControllerName, type HelmRelease } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { ObjectRef } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { createAppliedMemory } from "@eddy/runtime/apply";
import { StepError } from "@eddy/runtime/controller";
import { createStatusSource } from "@eddy/runtime/health";
import { kubeConfigRefOf, type RemoteClients } from "@eddy/runtime/remote-cluster";
import type { Cluster } from "./ports.ts";

/** Clusters that HelmReleases name, with what is known of their objects. */
export interface RemoteClusters {
  /** @throws StepError RESTClientError (retry) in upstream's words. */
  connect(object: HelmRelease): Promise<Cluster>;
  close(): void;
}

/** The Secret or ConfigMap that leads a HelmRelease to another cluster. */
export function remoteRefOf({ spec, metadata }: HelmRelease): ObjectRef | undefined {
  return kubeConfigRefOf(spec.kubeConfig, metadata.namespace ?? "");
}

/** What helm-controller says of a Secret that cannot be read. */
export function unreadSecret(name: string, detail: string): string {
  return `could not get KubeConfig secret '${name}': ${detail}`;
}

/** Knows nothing yet; what was known of a cluster goes with its client. */
export function createRemoteClusters(clients: RemoteClients, clock: Clock): RemoteClusters {
  const known = new WeakMap<KubeClient, Cluster>();
  return {
    async connect({ spec, metadata }) {
      const kube = await clients.open(spec.kubeConfig ?? {}, metadata.namespace ?? "").catch((cause: unknown) => {
        throw new StepError("RESTClientError", messageOf(cause), { eventMessage: "", cause });
      });
      const cluster = known.get(kube) ?? {
        kube,
        memory: createAppliedMemory({ fieldManager: helmControllerName }),
        statuses: createStatusSource(kube, clock),
        isRemote: true,
      };
      known.set(kube, cluster);
      return cluster;
    },
    close: () => clients.close(),
  };
}
