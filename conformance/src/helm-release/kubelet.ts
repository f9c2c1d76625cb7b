import { valueAt, type KubeObject } from "@eddy/core/object";
import { hasReason, reflect, type KubeClient } from "@eddy/kube";

/**
 * Stands in for the kubelets that a control plane alone does not have: pods that never restart succeed, or fail where their image is
 * `crash`; others become ready, unless it is `stuck`.
 */
export function startKubelet(kube: KubeClient): { stop(): void } {
  return reflect<KubeObject>(kube, { group: "", kind: "Pod" }, {}, (event) => {
    if (event.type === "Deleted" || event.object.metadata.deletionTimestamp) return;
    if (valueAt(event.object, "status", "phase") !== "Pending") return;
    const status = statusOf(event.object);
    if (status) void setStatus(kube, event.object, status);
  });
}

async function setStatus(kube: KubeClient, pod: KubeObject, status: object): Promise<void> {
  const { name, namespace = "" } = pod.metadata;
  try {
    const key = { group: "", kind: "Pod", namespace, name };
    await kube.patch(key, "merge", { status } as never, { subresource: "status" });
  } catch (error) {
    if (!hasReason(error, "NotFound", "Conflict")) throw error;
  }
}

function statusOf(pod: KubeObject): object | undefined {
  const image = String(valueAt(pod, "spec", "containers", 0, "image"));
  const name = String(valueAt(pod, "spec", "containers", 0, "name"));
  if (image.endsWith(":stuck")) return undefined;
  if (valueAt(pod, "spec", "restartPolicy") === "Never") {
    const exitCode = image.endsWith(":crash") ? 1 : 0;
    const state = { terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error" } };
    return {
      phase: exitCode === 0 ? "Succeeded" : "Failed",
      containerStatuses: [containerOf(name, image, state, false)],
    };
  }
  const lastTransitionTime = new Date().toISOString();
  const conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime,
  }));
  return { phase: "Running", conditions, containerStatuses: [containerOf(name, image, { running: {} }, true)] };
}

function containerOf(name: string, image: string, state: object, ready: boolean): object {
  return { name, image, imageID: image, ready, restartCount: 0, state };
}
