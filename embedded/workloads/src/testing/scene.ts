import type { GroupVersionResource, ObjectAccess } from "@eddy/control-plane";
import { fakeClock, type FakeClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { onTestFinished } from "vitest";
import { events } from "../frame/resources.ts";
import type { WorkloadsOptions } from "../frame/world.ts";
import { startWorkloads } from "../start-workloads.ts";
import { memoryAccess } from "./memory-access.ts";

/** Controllers over a store in memory, in virtual time. */
export interface Scene {
  access: ObjectAccess;
  clock: FakeClock;
  /** Moves time and runs what becomes due; default a second. */
  pass(byMs?: number): void;
  get<T extends KubeObject>(resource: GroupVersionResource, name: string): T;
  list<T extends KubeObject>(resource: GroupVersionResource): T[];
  /** `Kind/name reason: message` of every event so far. */
  told(): string[];
}

/** The namespace of all that a scene makes. */
export const ns = "n";

/** Starts a scene with these objects in it; ends with the test. */
export function stage(objects: [GroupVersionResource, KubeObject][] = [], options: WorkloadsOptions = {}): Scene {
  const clock = fakeClock();
  const access = memoryAccess(clock);
  const workloads = startWorkloads(access, { clock, ...options });
  onTestFinished(() => workloads.stop());
  for (const [resource, object] of objects) access.create(resource, object);
  const scene: Scene = {
    access,
    clock,
    pass: (byMs = 1_000) => clock.advance(byMs),
    get: <T extends KubeObject>(resource: GroupVersionResource, name: string) => access.get(resource, ns, name) as T,
    list: <T extends KubeObject>(resource: GroupVersionResource) => access.list(resource, { namespace: ns }) as T[],
    told: () =>
      access.list(events, { namespace: ns }).map((event) => {
        const about = event["involvedObject"] as { kind: string; name: string };
        return `${about.kind}/${about.name} ${String(event["reason"])}: ${String(event["message"])}`;
      }),
  };
  scene.pass();
  return scene;
}

/** A Pod template of one container. */
export function template(
  app: string,
  image = "example.org/app:1",
  extra: object = {},
): { metadata: { labels: Record<string, string> }; spec: { containers: { name: string; image: string }[] } } {
  return { metadata: { labels: { app } }, spec: { containers: [{ name: "c", image }], ...extra } };
}

/** A workload object of `apps/v1` or `batch/v1`. */
export function workload(kind: string, name: string, spec: object, apiVersion = "apps/v1"): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: ns }, spec };
}
