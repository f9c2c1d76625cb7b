import assert from "node:assert/strict";
import type { Server } from "@eddy/server";
import { Random } from "../random.ts";
import type { ApiServerCase } from "./api-server-cases.ts";
import { valueOf, type Bed } from "./bed.ts";
import { openDelivery, type Delivery } from "./delivery.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";

/** A server that reaches its API server through a proxy that has faults. */
export interface ApiServerWorld {
  readonly delivery: Delivery;
  readonly proxy: FaultProxy;
  /** Lets commits arrive while the case lasts, and asserts that everything is delivered once. */
  run(one: ApiServerCase, seed: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts the server and delivers the first commit without faults. */
export async function openApiServerWorld(bed: Bed): Promise<ApiServerWorld> {
  const proxy = await startFaultProxy(bed.kubeConfig);
  const delivery = await openDelivery(bed);
  const server: Server = await bed.serve({ kubeConfig: proxy.kubeConfig });
  await delivery.converged();
  return {
    delivery,
    proxy,
    async run(one, seed) {
      const before = new Map(delivery.objects.map((name) => [name, bed.configMaps.get(delivery.ns, name)]));
      const commits = one.commits ?? 3;
      let cut = 0;
      proxy.set(one.fault(new Random(seed)));
      for (let count = 0; count < commits; count++) {
        await delivery.commit();
        if (one.cutsWatches) cut += proxy.cutWatches();
      }
      if (one.isOutage) {
        await proxy.untilInjected(5);
        proxy.set(() => "pass");
      }
      await delivery.converged();
      assert.ok(proxy.injected.length + cut > 0, "no fault came true");
      await delivery.checkNothingOrphaned();
      for (const name of delivery.objects) {
        const object = bed.configMaps.get(delivery.ns, name);
        assert.equal(object?.metadata.uid, before.get(name)?.metadata.uid, `${name} was deleted and made again`);
        assert.ok(
          writesOf(proxy, name) <= commits + lostOf(proxy, name),
          `${name} was written more than once a commit`,
        );
        checkNeverBackwards(bed, delivery.ns, name);
      }
      proxy.set(() => "pass");
    },
    async close() {
      proxy.set(() => "pass");
      await server.stop();
      await proxy.stop();
    },
  };
}

function writesOf(proxy: FaultProxy, name: string): number {
  return arrivedAt(proxy, name).length;
}

function lostOf(proxy: FaultProxy, name: string): number {
  return arrivedAt(proxy, name).filter(({ told }) => !told).length;
}

function arrivedAt({ arrived }: FaultProxy, name: string): FaultProxy["arrived"] {
  return arrived.filter(({ isWrite, path, status }) => isWrite && status < 300 && path.endsWith(`/configmaps/${name}`));
}

// A write of an old revision that arrives late would undo a new one.
function checkNeverBackwards(bed: Bed, ns: string, name: string): void {
  const values = bed.configMaps.changes(ns, name).map(({ object }) => Number(valueOf(object)));
  assert.deepEqual(
    values,
    values.toSorted((left, right) => left - right),
  );
}
