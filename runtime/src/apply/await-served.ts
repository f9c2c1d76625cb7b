import { delay, type Clock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { hasReason, type KindRef, type KubeClient } from "@eddy/kube";

const everyMs = 25;
const timeoutMs = 60_000;

/** The kinds that a CustomResourceDefinition asks to be served. */
export function kindsOfDefinition(object: KubeObject): KindRef[] {
  const group = valueAt(object, "spec", "group");
  const kind = valueAt(object, "spec", "names", "kind");
  const versions = valueAt(object, "spec", "versions");
  if (typeof group !== "string" || typeof kind !== "string" || !Array.isArray(versions)) return [];
  return versions.flatMap((version: unknown) => {
    const name = valueAt(version, "name");
    return typeof name === "string" && valueAt(version, "served") === true ? [{ group, kind, version: name }] : [];
  });
}

/**
 * Resolves when discovery lists every kind of an established definition. Discovery follows the condition after a moment,
 * cannot be watched, and whoever applies an object in that moment is told that there is no such kind. After a minute it
 * resolves all the same: the apply will say what is missing.
 */
export async function awaitServed(
  definition: KubeObject,
  kube: KubeClient,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  const untilMs = clock.now() + timeoutMs;
  for (const kind of kindsOfDefinition(definition)) {
    while (!(await isServed(kind, kube)) && clock.now() < untilMs) await delay(clock, everyMs, signal);
  }
}

async function isServed(kind: KindRef, kube: KubeClient): Promise<boolean> {
  try {
    await kube.resourceFor(kind, { force: true });
    return true;
  } catch (error) {
    if (hasReason(error, "NoKindMatch", "NotFound")) return false;
    throw error;
  }
}
