import { crdOf, kinds } from "@eddy/api";
import { delay, type Clock } from "@eddy/core/clock";
import type { Condition } from "@eddy/core/conditions";
import { isTrue } from "@eddy/core/conditions";
import { refOf, valueAt } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { watchUntil } from "./watch-until.ts";

/** Applies the definition of every kind, and resolves when all are served. */
export async function installKinds(kube: KubeClient, clock: Clock): Promise<void> {
  for (const kind of kinds) {
    const crd = crdOf(kind);
    await kube.apply(crd, { fieldManager: "suite", force: true });
    await watchUntil(kube, clock, refOf(crd), (object) =>
      isTrue(valueAt(object, "status", "conditions") as Condition[] | undefined, "Established"),
    );
    await untilServed(kube, clock, kind);
  }
}

// Discovery follows a moment after the definition says that it is established.
async function untilServed(kube: KubeClient, clock: Clock, kind: { group: string; kind: string }): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await kube.resourceFor(kind, { force: true });
      return;
    } catch (error) {
      if (attempt > 100) throw error;
      await delay(clock, 50);
    }
  }
}
