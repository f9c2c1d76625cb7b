import { crdOf, type Kind } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";

/** Defines these kinds on a server, and waits until it serves them. */
export async function serveKinds(kube: KubeClient, kinds: readonly Kind[]): Promise<void> {
  for (const kind of kinds) await kube.apply(crdOf(kind) as KubeObject, { fieldManager: "conformance", force: true });
  for (const { group, kind } of kinds) while (!(await isServed(kube, group, kind))) await delay(systemClock, 100);
}

async function isServed(kube: KubeClient, group: string, kind: string): Promise<boolean> {
  try {
    await kube.resourceFor({ group, kind }, { force: true });
    await kube.list({ group, kind }, { limit: 1 });
    return true;
  } catch {
    return false;
  }
}
