import type { StoredObject } from "@eddy/control-plane";
import { formatTime } from "@eddy/core/conditions";
import { nodes } from "../frame/resources.ts";
import { writeStatus, type World } from "../frame/world.ts";

const capacity = { cpu: "8", "ephemeral-storage": "100Gi", memory: "32Gi", pods: "110" };

/** Makes sure that a virtual node is there and Ready. Idempotent. */
export function ensureNode(name: string, world: World): void {
  const labels = { "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
  const node: StoredObject =
    world.access.get(nodes, "", name) ??
    world.access.create(nodes, { apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: {} });
  const conditions = (node["status"] as { conditions?: { type: string; status: string }[] } | undefined)?.conditions;
  if (conditions?.some(({ type, status }) => type === "Ready" && status === "True")) return;
  const now = formatTime(new Date(world.clock.now()));
  const ready = {
    type: "Ready",
    status: "True",
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason: "KubeletReady",
    message: "a simulated kubelet is posting ready status",
  };
  writeStatus(world, nodes, node, {
    capacity,
    allocatable: capacity,
    conditions: [ready],
    addresses: [
      { type: "InternalIP", address: "10.1.0.1" },
      { type: "Hostname", address: name },
    ],
    nodeInfo: {
      architecture: "amd64",
      operatingSystem: "linux",
      kubeletVersion: "v1.36.0",
      kernelVersion: "",
      osImage: "simulated",
      containerRuntimeVersion: "simulated://1",
      machineID: "",
      systemUUID: "",
      bootID: "",
      kubeProxyVersion: "",
    },
  });
}
