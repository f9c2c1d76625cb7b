import type { Kind } from "@eddy/api";
import type { Clock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { reflect, type KubeClient } from "@eddy/kube";
import { kindRefOf, listOptions, type ObjectFilter } from "./objects.ts";

/** Hands over every object of a filter, then each one that changes, until the signal aborts, which ends it well. */
export function watchObjects(
  kube: KubeClient,
  kind: Kind,
  filter: ObjectFilter,
  until: { clock: Clock; signal: AbortSignal },
  onObject: (object: KubeObject) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const reflection = reflect<KubeObject>(
      kube,
      kindRefOf(kind),
      { ...listOptions(filter), clock: until.clock },
      (event) => {
        if (event.type !== "Deleted") onObject(kind.decode(event.object));
      },
    );
    const stop = (): void => {
      reflection.stop();
      resolve();
    };
    if (until.signal.aborted) stop();
    else until.signal.addEventListener("abort", stop, { once: true });
  });
}
