import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { fakeClock, systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lead } from "./leadership.ts";

let plane: ControlPlane;
let kube: KubeClient;
beforeAll(async () => {
  plane = await startControlPlane({});
  kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
});
afterAll(async () => {
  kube.close();
  await plane.stop();
});

/** A process that says what it does, and resolves `started` when it leads. */
function candidate(name: string, told: string[], lease: { namespace: string; name: string } | undefined) {
  const started = Promise.withResolvers<void>();
  const stop = lead({
    kube,
    lease,
    clock: systemClock,
    logger: silentLogger,
    async start() {
      told.push(`${name} starts`);
      started.resolve();
    },
    async stop() {
      told.push(`${name} stops`);
    },
  });
  return { started: started.promise, stop };
}

test("without a lease there is nothing to wait for", async () => {
  const told: string[] = [];
  const only = candidate("only", told, undefined);
  await only.started;
  await only.stop();
  expect(told).toEqual(["only starts", "only stops"]);
});

test("one of two works, and stops before the other starts", async () => {
  const told: string[] = [];
  const lease = { namespace: "default", name: "leader-election" };
  const first = candidate("first", told, lease);
  await first.started;
  const second = candidate("second", told, lease);
  await first.stop();
  expect(told[0]).toBe("first starts");
  expect(told.filter((line) => line.startsWith("second"))).toEqual([]);
  // Whoever stands by looks again every few seconds: what matters is who came first.
  await second.stop();
  expect(told.slice(0, 2)).toEqual(["first starts", "first stops"]);
});

test("a start that fails is logged, and a stop still follows", async () => {
  const errors: unknown[] = [];
  const logger = {
    log: (_level: string, message: string, fields?: object) => void errors.push({ message, ...fields }),
    with: () => silentLogger,
  };
  const stop = lead({
    kube,
    lease: undefined,
    clock: fakeClock(),
    logger,
    start: () => Promise.reject(new Error("no")),
    stop: async () => void errors.push("stopped"),
  });
  await stop();
  expect(errors).toEqual([{ message: "start controllers failed", error: "no" }, "stopped"]);
});
