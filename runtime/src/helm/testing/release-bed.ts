import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { systemClock, type Clock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { connect, hasReason, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { startWorkloads } from "@eddy/workloads";
import type { ReleasePorts } from "../ports.ts";
import { createReleaseStorage } from "../storage/create-release-storage.ts";
import { renderTemplates } from "./template-renderer.ts";

/** A control plane with workloads, for releases. */
export interface ReleaseBed {
  kube: KubeClient;
  /** Ports for a namespace of its own, which is there. */
  ports(namespace: string, changes?: Partial<ReleasePorts>): Promise<ReleasePorts>;
  /** The object, or undefined where there is none. */
  find(kind: string, namespace: string, name: string, group?: string): Promise<KubeObject | undefined>;
  stop(): Promise<void>;
}

/** Starts one, in process. */
export async function startReleaseBed(clock: Clock = systemClock): Promise<ReleaseBed> {
  const plane: ControlPlane = await startControlPlane({
    podLogs: ({ pod, container }) => [`${pod.metadata.name}/${container} says so\n`],
  });
  const workloads = startWorkloads(plane.objects, { readyDelayMs: 20 });
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  return {
    kube,
    async ports(namespace, changes = {}) {
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      const storage = createReleaseStorage(kube, { namespace, clock });
      return { kube, storage, clock, render: renderTemplates, ...changes };
    },
    async find(kind, namespace, name, group = "") {
      try {
        return await kube.get({ group, kind, namespace, name });
      } catch (error) {
        if (hasReason(error, "NotFound")) return undefined;
        throw error;
      }
    },
    async stop() {
      kube.close();
      workloads.stop();
      await plane.stop();
    },
  };
}
