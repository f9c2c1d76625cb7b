import { type Clock, fakeClock, systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import type { JsonObject, KubeObject } from "@eddy/core/object";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KindRef, type KubeClient } from "@eddy/kube";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ForeignDefinition, ForeignReference } from "./definition.ts";
import { defaultSettings } from "./environment.ts";
import { watchForeign } from "./watch-foreign.ts";
import type { References } from "./watch-references.ts";

let plane: ControlPlane;
let kube: KubeClient;
beforeAll(async () => {
  plane = await startControlPlane();
  kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
});
afterAll(async () => {
  kube.close();
  await plane.stop();
});

type Owner = KubeObject & { refs: readonly ForeignReference[] };

const definition: ForeignDefinition<Owner> = {
  references: ({ refs }) => refs,
  stateOf: (object) => JSON.stringify(object["data"] ?? null),
  mayBeTold: async (_, { name }) => {
    if (name === "unknown") throw new Error("no answer");
    return name !== "secret";
  },
};

function owner(...refs: readonly [kind: string, name: string, by: ForeignReference["by"]][]): Owner {
  return {
    apiVersion: "v1",
    kind: "Owner",
    metadata: { name: "owner" },
    refs: refs.map(([kind, name, by]) => ({ ref: { group: "", kind, namespace: "default", name }, by })),
  };
}

/** Foreign watches, the watches that are open at the server, and who was told of what. */
function start(clock: Clock = systemClock): {
  references: References<Owner>;
  open: Map<KindRef["kind"], number>;
  told: string[];
} {
  const open = new Map<string, number>();
  const count = (kind: string, by: number): void => void open.set(kind, (open.get(kind) ?? 0) + by);
  const counted: KubeClient = {
    ...kube,
    resourceFor: (kind, options) => kube.resourceFor(kind, options),
    async *watch(kind, options) {
      count(kind.kind, 1);
      try {
        yield* kube.watch(kind, options) as AsyncIterable<never>;
      } finally {
        count(kind.kind, -1);
      }
    },
  };
  const told: string[] = [];
  const environment = { kube: counted, clock, logger: silentLogger, settings: defaultSettings };
  const references = watchForeign(definition, environment, (key, because) => told.push(`${key}: ${because}`));
  return { references, open, told };
}

const key = (name: string): { group: string; kind: string; namespace: string; name: string } => ({
  group: "",
  kind: "ConfigMap",
  namespace: "default",
  name,
});
const create = (name: string, kind = "ConfigMap"): Promise<KubeObject> =>
  kube.create({
    apiVersion: "v1",
    kind,
    metadata: { name, ...(kind === "Namespace" ? {} : { namespace: "default" }) },
  });
const patch = (name: string, body: JsonObject): Promise<unknown> => kube.patch(key(name), "merge", body);

test("whoever refers to an object is told of the changes that matter to it", async () => {
  const { references, told } = start();
  await create("there");
  await Promise.all([
    references.read("by-state", owner(["ConfigMap", "there", "state"])),
    references.read("by-version", owner(["ConfigMap", "there", "version"])),
    references.read("by-existence", owner(["ConfigMap", "there", "existence"])),
    references.read("of-none", owner(["ConfigMap", "later", "existence"], ["Namespace", "wide", "existence"])),
  ]);
  expect(told).toEqual([]);
  await patch("there", { metadata: { labels: { a: "b" } } });
  await expect.poll(() => told.splice(0)).toEqual(["by-version: ConfigMap/default/there"]);
  await patch("there", { data: { a: "b" } });
  await expect
    .poll(() => told.toSorted())
    .toEqual(["by-state", "by-version"].map((name) => `${name}: ConfigMap/default/there`));
  told.length = 0;
  await create("later");
  await create("wide", "Namespace");
  await expect.poll(() => told.toSorted()).toEqual(["of-none: ConfigMap/default/later", "of-none: Namespace/wide"]);
  told.length = 0;
  await kube.delete(key("there"));
  await expect.poll(() => told.length).toBe(3);
  references.stop();
});

test("who may not be told is not, and who cannot be asked for is", async () => {
  const { references, told } = start();
  await references.read(
    "a",
    owner(
      ...["secret", "unknown", "last"].map((name) => ["ConfigMap", name, "existence"] as [string, string, "existence"]),
    ),
  );
  await create("secret");
  await create("unknown");
  await create("last");
  await expect.poll(() => told).toEqual(["a: ConfigMap/default/unknown", "a: ConfigMap/default/last"]);
  references.stop();
});

test("a watch is shared, and ends with the last who needs it", async () => {
  const { references, open } = start();
  await Promise.all([
    references.read("a", owner(["ConfigMap", "x", "state"], ["Service", "y", "state"])),
    references.read("b", owner(["ConfigMap", "z", "state"])),
  ]);
  expect([...open]).toEqual([
    ["ConfigMap", 1],
    ["Service", 1],
  ]);
  await references.read("a", owner(["ConfigMap", "x", "state"]));
  await expect.poll(() => open.get("Service")).toBe(0);
  references.forget("a");
  expect(open.get("ConfigMap")).toBe(1);
  await references.read("b", owner());
  await expect.poll(() => open.get("ConfigMap")).toBe(0);
  await references.read("b", owner(["ConfigMap", "z", "state"]));
  expect(open.get("ConfigMap")).toBe(1);
  references.stop();
  await expect.poll(() => open.get("ConfigMap")).toBe(0);
});

test("a kind that nobody serves holds nobody up, and there are only so many", async () => {
  // On a clock that stands still, whoever waited for a time would wait for ever.
  const { references, open } = start(fakeClock());
  const kinds = Array.from({ length: 150 }, (_, index) => `Basin${index}`);
  await references.read("a", owner(...kinds.map((kind) => [kind, "x", "state"] as [string, string, "state"])));
  await references.read("b", owner(["ConfigMap", "x", "state"]));
  expect(open.get("ConfigMap")).toBeUndefined();
  references.forget("a");
  await references.read("b", owner(["ConfigMap", "x", "state"]));
  expect(open.get("ConfigMap")).toBe(1);
  references.stop();
});
