import type { StoredObject } from "@eddy/control-plane";
import { pods } from "./resources.ts";
import type { Pod } from "./shapes.ts";
import type { World } from "./world.ts";

/**
 * Stores a new Pod, on a node from the start: a server refuses to move a Pod to a node by update, and there is nothing
 * to choose between.
 */
export function createPod(world: World, pod: Pod): StoredObject {
  const node = world.options.nodes[0];
  return world.access.create(
    pods,
    pod.spec.nodeName || node === undefined ? pod : { ...pod, spec: { ...pod.spec, nodeName: node } },
  );
}
