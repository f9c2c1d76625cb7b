import { getField, type Node } from "@eddy/goyaml";
import { findNode, type PathStep } from "./field-path.ts";
import { textOf, type FileObject } from "./yaml-file.ts";

/** Where the pod's spec is in each kind that has containers. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  ReplicationController: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  PodTemplate: ["template", "spec"],
  Rollout: ["spec", "template", "spec"],
};

/** A container of a pod's template, and its image where one is written out. */
export interface PodContainer {
  readonly name: string;
  readonly form: "container" | "init-container";
  readonly node: Node;
  readonly image: Node | undefined;
  readonly path: readonly PathStep[];
  readonly inFlow: boolean;
}

/** The containers of a workload, init containers first, as pods start them. */
export function podContainers({ id, root }: FileObject): PodContainer[] {
  const base = Object.hasOwn(podSpecs, id.kind) ? (podSpecs[id.kind] ?? []) : undefined;
  if (base === undefined) return [];
  return (["initContainers", "containers"] as const).flatMap((list) => {
    const steps: PathStep[] = [...base, list];
    const found = findNode(root, steps);
    if (found?.node.kind !== "sequence") return [];
    return found.node.content.map((node, index): PodContainer => ({
      name: textOf(getField(node, "name")),
      form: list === "containers" ? "container" : "init-container",
      node,
      image: node.kind === "mapping" ? getField(node, "image") : undefined,
      path: [...steps, index, "image"],
      inFlow: found.inFlow || found.node.style.flow === true || node.style.flow === true,
    }));
  });
}
