import type { KubeObject } from "@eddy/core/object";
import type { Pod } from "../frame/shapes.ts";

/**
 * How a Pod behaves: `ready` (starts and becomes ready, or runs to completion), `crash` (every container exits with 1),
 * `never-ready` (runs, and its readiness probe fails), `image-pull-error` (its image cannot be pulled).
 */
export type Simulation = "ready" | "crash" | "never-ready" | "image-pull-error";

const failures: readonly string[] = ["crash", "never-ready", "image-pull-error"] satisfies Simulation[];
const annotation = "eddy.sh/simulate";

/**
 * What is to be simulated for a Pod: the annotation `eddy.sh/simulate` (on the Pod, so in a workload's template), else
 * the tag of one of its images, as in `example.org/app:crash`. Anything else is `ready`.
 */
export function simulationOf(pod: KubeObject): Simulation {
  const wanted = pod.metadata.annotations?.[annotation];
  if (wanted !== undefined) return failures.includes(wanted) ? (wanted as Simulation) : "ready";
  const { containers, initContainers = [] } = (pod as Pod).spec;
  for (const { image = "" } of [...initContainers, ...containers]) {
    const tag = /:([\w.-]+)(?:@|$)/.exec(image)?.[1];
    if (tag !== undefined && failures.includes(tag)) return tag as Simulation;
  }
  return "ready";
}
