import type { ContainerRelease, ReleaseSpec } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import { parseImage } from "@eddy/core/image";
import { automatedMessage } from "../release/commit-message.ts";
import { planImages, type RegistryAnswers } from "../release/plan-images.ts";
import type { Workload } from "../workload/workload.ts";

/** A release that automation wants. */
export interface AutomatedRelease {
  /** The same for the same change: it is made once, and what a person reverts stays reverted. */
  readonly name: string;
  readonly spec: ReleaseSpec;
}

/** Done releases are what says that a change was made already. */
const ttl = "720h";

/** Whether Flux v1's words automate a workload: not locked, not ignored, and nobody else's. */
export function isAutomated({ policies, antecedent }: Workload): boolean {
  return policies.by === "flux-v1" && antecedent === undefined;
}

/**
 * What automation would release of the automated workloads of a namespace; undefined where everything is as it should be. Never what
 * is older, nor where the registry does not know what runs. Pure. Source: fluxcd/flux pkg/daemon `pollForNewAutomatedWorkloadImages`.
 */
export function planAutomation(
  namespace: string,
  workloads: readonly Workload[],
  answers: RegistryAnswers,
): AutomatedRelease | undefined {
  const containers = workloads
    .filter(isAutomated)
    .flatMap((workload) => changesOf(namespace, workload, answers))
    .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  if (containers.length === 0) return undefined;
  const message = automatedMessage(containers.map(({ target }) => target));
  const name = `auto-${sha256(JSON.stringify(containers)).slice(0, 20)}`;
  return { name, spec: { containers, ttl, cause: { message } } };
}

function keyOf({ workload, container }: ContainerRelease): string {
  return `${workload} ${container}`;
}

function changesOf(namespace: string, workload: Workload, answers: RegistryAnswers): ContainerRelease[] {
  const { containers = [] } = planImages({ updateAllImages: true }, namespace, workload, answers);
  return containers
    .filter(({ container, current }) => {
      const own = workload.containers.find(({ name }) => name === container);
      const { tag } = parseImage(current);
      return own !== undefined && answers.tags(own, workload).tags.some(({ name }) => name === tag);
    })
    .map(({ container, current, target }) => ({ workload: workload.id, container, current, target }));
}
