import type { Kind } from "@eddy/api";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import type { KubeObject } from "@eddy/core/object";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  createCaches,
  defaultSettings,
  startWhenUsed,
  type Caches,
  type ControllerEnvironment,
  type StartLoaded,
} from "./index.ts";

let plane: ControlPlane;
let kube: KubeClient;
let caches: Caches;
beforeAll(async () => {
  plane = await startControlPlane();
  kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  caches = createCaches({ kube, clock: systemClock, logger: silentLogger });
});
afterAll(async () => {
  caches.close();
  kube.close();
  await plane.stop();
});

const environment = (): ControllerEnvironment =>
  ({ kube, caches, clock: systemClock, logger: silentLogger, settings: defaultSettings }) as ControllerEnvironment;
// No controller of the control plane makes one by itself.
const kind = { group: "", kind: "Secret" } as Kind;
const create = (name: string): Promise<KubeObject> =>
  kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "default" } } as KubeObject);

it("a controller is loaded with the first object of its kind, once, and again only where that failed", async () => {
  const requests: string[] = [];
  let [loads, stops] = [0, 0];
  const started = Promise.withResolvers<undefined>();
  const handle = startWhenUsed(
    kind,
    async () => {
      loads++;
      if (loads === 1) throw new Error("not this time");
      return () => {
        started.resolve(undefined);
        return {
          started: Promise.resolve(),
          request: ({ name }) => requests.push(name),
          idle: async () => undefined,
          stop: async () => void stops++,
        };
      };
    },
    environment(),
  );
  await handle.started;
  handle.request({ namespace: "default", name: "early" }, "event", "test");
  expect(loads).toBe(0);
  await create("first");
  await expect.poll(() => loads).toBe(1);
  await create("second");
  await started.promise;
  await create("third");
  await caches.of(kind).synced;
  await handle.idle();
  handle.request({ namespace: "default", name: "late" }, "event", "test");
  expect({ loads, requests }).toEqual({ loads: 2, requests: ["late"] });
  await handle.stop();
  expect(stops).toBe(1);
});

it("with objects that are there already the start is the controller's", async () => {
  const own = Promise.withResolvers<void>();
  const loaded = Promise.withResolvers<void>();
  let isStarted = false;
  const load = async (): Promise<StartLoaded> => () => {
    loaded.resolve();
    return { started: own.promise, request: () => undefined, idle: async () => undefined, stop: async () => undefined };
  };
  const handle = startWhenUsed(kind, load, environment());
  const started = handle.started.then(() => (isStarted = true));
  await loaded.promise;
  expect(isStarted).toBe(false);
  own.resolve();
  await started;
  await handle.stop();
});

it("after a stop nothing is started", async () => {
  let starts = 0;
  const load = async (): Promise<() => never> => () => {
    starts++;
    throw new Error("stopped before");
  };
  const handle = startWhenUsed(kind, load, environment());
  const stopping = handle.stop();
  await handle.started;
  await stopping;
  expect(starts).toBe(0);
});
