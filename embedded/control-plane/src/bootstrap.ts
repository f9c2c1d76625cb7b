/** What every cluster has from its first second: system namespaces, RBAC policy, priority classes, the API's own Service. */
import { isObject, type JsonObject } from "@eddy/core/json";
import { cloneJson, parseApiVersion } from "@eddy/core/object";
import { systemNamespaces } from "./admission/admit.ts";
import { loadPack } from "./data/pack.ts";
import type { Kernel } from "./kernel.ts";
import { storageKey } from "./resources/resource-info.ts";
import { decodeObject } from "./rest/decode-object.ts";
import { createObject } from "./rest/write-object.ts";

const system = { name: "system:apiserver", groups: ["system:masters"] };

function ensure(kernel: Kernel, object: JsonObject): void {
  const { group, version } = parseApiVersion(String(object["apiVersion"]));
  const info = kernel.registry.findKind(group, version, String(object["kind"]));
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  const namespace = String(metadata["namespace"] ?? "");
  if (!info || kernel.store.get(info.collection, storageKey(info, namespace, String(metadata["name"])))) return;
  const decoded = decodeObject(cloneJson(object), info, "Ignore").object;
  createObject(kernel, info, namespace, decoded, { manager: "kube-apiserver", user: system, dryRun: false });
}

const priorityClass = (name: string, value: number, description: string): JsonObject => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name },
  value,
  description,
});

/** Creates what is missing; idempotent. */
export function bootstrap(kernel: Kernel): void {
  for (const name of systemNamespaces) ensure(kernel, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  for (const object of loadPack("bootstrap-rbac")) ensure(kernel, object);
  ensure(
    kernel,
    priorityClass(
      "system-cluster-critical",
      2_000_000_000,
      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
  );
  ensure(
    kernel,
    priorityClass(
      "system-node-critical",
      2_000_001_000,
      "Used for system critical pods that must not be moved from their current node.",
    ),
  );
  ensure(kernel, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      clusterIP: "10.0.0.1",
      type: "ClusterIP",
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
    },
  });
}
