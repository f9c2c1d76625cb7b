import { findCondition } from "@eddy/core/conditions";
import type { KubeObject } from "@eddy/core/object";
import type { KustomizationSettings } from "../kustomization/ports.ts";
import type { World } from "./world.ts";

/** One story about Kustomizations. It throws an AssertionError where the controller does not do as it should. */
export interface Scenario {
  name: string;
  /** Flags of the controller. */
  settings?: Partial<KustomizationSettings>;
  run(world: World): Promise<void>;
}

/** A ConfigMap manifest in the world's namespace. */
export function configMap(world: World, name: string, value: string, metadata = ""): string {
  const extra = metadata === "" ? "" : `  ${metadata.replaceAll("\n", "\n  ")}\n`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${world.namespace}\n${extra}data:\n  key: "${value}"\n`;
}

/** A Deployment manifest in the world's namespace. */
export function deployment(world: World, name: string, image = "nginx:1"): string {
  const labels = `{ app: ${name} }`;
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${world.namespace} }
spec:
  replicas: 1
  selector: { matchLabels: ${labels} }
  template:
    metadata: { labels: ${labels} }
    spec: { containers: [{ name: main, image: "${image}" }] }
`;
}

/** The value that {@link configMap} sets. */
export function valueOf(object: KubeObject | undefined): string | undefined {
  return (object?.["data"] as Record<string, string> | undefined)?.["key"];
}

/** The message of a condition, "" when it is not there. */
export function messageOf(object: KubeObject, type = "Ready"): string {
  const status = object["status"] as { conditions?: Parameters<typeof findCondition>[0] } | undefined;
  return findCondition(status?.conditions, type)?.message ?? "";
}

/** Events as `severity reason message`, without their object's namespace; they follow the status that they speak of. */
export async function eventsOf(world: World, name: string): Promise<string[]> {
  await world.idle();
  return world.events
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ severity, reason, message }) => `${severity} ${reason} ${message}`.replaceAll(`${world.namespace}/`, ""));
}

/** Gives a Deployment the status that its controller would, once its one Pod runs. */
export function makeReady(world: World, name: string): Promise<unknown> {
  const ref = { group: "apps", kind: "Deployment", namespace: world.namespace, name };
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
  const conditions = [
    { type: "Available", status: "True", reason: "MinimumReplicasAvailable" },
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
  ];
  return world.kube.patch(ref, "merge", { status: { ...status, conditions } }, { subresource: "status" });
}

/** Gives an account all rights in its namespace. */
export async function makeAdmin({ kube }: World, namespace: string, name: string): Promise<void> {
  const metadata = { name: `${name}-admin`, namespace };
  const group = "rbac.authorization.k8s.io";
  await kube.create({
    apiVersion: `${group}/v1`,
    kind: "Role",
    metadata,
    rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
  });
  await kube.create({
    apiVersion: `${group}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: group, kind: "Role", name: metadata.name },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  });
}
