import type { KubeObject } from "@eddy/core/object";
import { hasReason, reflect, type KubeClient } from "@eddy/kube";

const pods = { group: "", kind: "Pod", version: "v1" };

/** Says of every pod that it runs and is ready, as a kubelet would once it does; no container runs. */
export function startFakeKubelet(client: KubeClient): { stop(): void } {
  let isStopped = false;
  const reflection = reflect(client, pods, {}, (event) => {
    if (event.type === "Deleted") return;
    const { metadata } = event.object;
    const key = { ...pods, namespace: metadata.namespace ?? "", name: metadata.name };
    const acting =
      metadata.deletionTimestamp === undefined
        ? markReady(client, event.object)
        : client.delete(key, { gracePeriodSeconds: 0 });
    acting?.catch((error: unknown) => {
      // What is under way when it is stopped is cut off with the connection.
      if (!isStopped && !hasReason(error, "NotFound", "Conflict")) throw error;
    });
  });
  reflection.synced.catch(() => undefined);
  return {
    stop() {
      isStopped = true;
      reflection.stop();
    },
  };
}

function markReady(client: KubeClient, pod: KubeObject): Promise<unknown> | undefined {
  const status = pod["status"] as { phase?: string } | undefined;
  if (status?.phase === "Running") return undefined;
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime: now,
  }));
  const key = { ...pods, namespace: pod.metadata.namespace ?? "", name: pod.metadata.name };
  return client.patch(
    key,
    "merge",
    { status: { phase: "Running", startTime: now, conditions } },
    { subresource: "status" },
  );
}
