import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { startControlPlane, type GroupVersionResource, type ObjectAccess } from "@eddy/control-plane";
import { fakeClock } from "@eddy/core/clock";
import { cloneJson, parseApiVersion, type KubeObject } from "@eddy/core/object";
import * as resources from "./frame/resources.ts";
import type { Deployment } from "./frame/shapes.ts";
import { startWorkloads } from "./start-workloads.ts";
import { controllerView } from "./testing/controller-view.ts";
import { memoryAccess } from "./testing/memory-access.ts";

interface Golden {
  /** Objects as they were applied. */
  given: KubeObject[];
  /** What kube-controller-manager 1.36.3 had made of them in the end. */
  state: Record<string, unknown[]>;
}

const golden = JSON.parse(readFileSync(new URL("testdata/golden/controllers.json", import.meta.url), "utf8")) as Golden;
const all = Object.values(resources).filter((value): value is GroupVersionResource => typeof value === "object");
const ns = "n";

function collectionOf({ apiVersion, kind }: KubeObject): GroupVersionResource {
  const { group } = parseApiVersion(apiVersion);
  const found = all.find((each) => each.group === group && each.resource === `${kind.toLowerCase()}s`);
  if (!found) throw new Error(`no resource for ${kind}`);
  return found;
}

/** The story that was played to the real controllers: everything applied, then a new image for one Deployment. */
function play(access: ObjectAccess, advance: (byMs: number) => void): Record<string, unknown[]> {
  access.create(resources.namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: ns } });
  for (const object of golden.given) access.create(collectionOf(object), cloneJson(object));
  advance(6_000);
  const deployment = cloneJson(access.get(resources.deployments, ns, "d")) as Deployment;
  deployment.spec.template.spec.containers = [{ name: "c", image: "example.org/app:2" }];
  access.update(resources.deployments, deployment);
  advance(6_000);
  const objects = all.flatMap((resource) => access.list(resource, { namespace: ns }));
  return controllerView(Object.groupBy(objects, ({ kind }) => kind) as Record<string, KubeObject[]>);
}

const stages: [
  name: string,
  open: (clock: ReturnType<typeof fakeClock>) => Promise<{ access: ObjectAccess; close: () => Promise<void> }>,
][] = [
  ["a store in memory", async (clock) => ({ access: memoryAccess(clock), close: async () => {} })],
  [
    "the embedded control plane",
    async (clock) => {
      const plane = await startControlPlane({ clock });
      return { access: plane.objects, close: () => plane.stop() };
    },
  ],
];

describe.each(stages)("on %s", (_, open) => {
  let view: Record<string, unknown[]> = {};
  beforeAll(async () => {
    const clock = fakeClock();
    const { access, close } = await open(clock);
    const workloads = startWorkloads(access, { clock });
    view = play(access, (byMs) => clock.advance(byMs));
    workloads.stop();
    await close();
  });
  test.for(Object.keys(golden.state))("%s: as the real controllers leave it", (kind) => {
    expect(view[kind]).toEqual(golden.state[kind]);
  });
});
