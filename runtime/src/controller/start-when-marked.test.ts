import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import type { KubeObject } from "@eddy/core/object";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultSettings, startWhenMarked, type ControllerEnvironment, type MarkedObjects } from "./index.ts";

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

const environment = (): ControllerEnvironment =>
  ({ kube, clock: systemClock, logger: silentLogger, settings: defaultSettings }) as ControllerEnvironment;
const marks = { name: "test", kinds: [{ group: "", kind: "ConfigMap" }], prefixes: ["keel.sh/"], afterMs: 0 };
const create = (name: string, metadata: object = {}): Promise<KubeObject> =>
  kube.create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", ...metadata },
  } as KubeObject);
const patch = (name: string, metadata: object): Promise<unknown> =>
  kube.patch({ group: "", kind: "ConfigMap", namespace: "default", name }, "merge", { metadata } as never);

it("a controller is loaded with the first object that carries a mark, and then told of all of them", async () => {
  let loads = 0;
  const started = Promise.withResolvers<MarkedObjects>();
  const seen: string[] = [];
  const handle = startWhenMarked(
    marks,
    async () => {
      loads++;
      if (loads === 1) throw new Error("not this time");
      return (_, marked) => {
        marked.subscribe(({ ref, after }) => seen.push(`${after ? "has" : "lost"} ${ref.name}`));
        started.resolve(marked);
        return { started: marked.synced, request: () => undefined, idle: async () => {}, stop: async () => {} };
      };
    },
    environment(),
  );
  await create("plain", { labels: { app: "x" } });
  await create("other", { annotations: { "keel.shx/policy": "all" } });
  await create("first", { labels: { "keel.sh/policy": "all" } });
  await expect.poll(() => loads).toBe(1);
  await create("second", { annotations: { "keel.sh/policy": "glob:*" } });
  const marked = await started.promise;
  expect(loads).toBe(2);
  expect([...marked.list()].map(({ ref }) => ref.name).sort()).toEqual(["first", "second"]);
  await patch("plain", { labels: { "keel.sh/policy": "major" } });
  await patch("first", { labels: { "keel.sh/policy": null } });
  await kube.delete({ group: "", kind: "ConfigMap", namespace: "default", name: "second" });
  await expect.poll(() => seen).toEqual(["has plain", "lost first", "lost second"]);
  expect([...marked.list()].map(({ labels }) => labels)).toEqual([{ app: "x", "keel.sh/policy": "major" }]);
  await handle.stop();
});

it("nothing is watched before its time, and nothing at all after a stop", async () => {
  let isWatched = false;
  const alsoWhen = (): (() => void) => {
    isWatched = true;
    return () => undefined;
  };
  const handle = startWhenMarked(
    { ...marks, afterMs: 60_000, alsoWhen },
    () => Promise.reject(new Error("never")),
    environment(),
  );
  await handle.started;
  await handle.idle();
  await handle.stop();
  expect(isWatched).toBe(false);
});
