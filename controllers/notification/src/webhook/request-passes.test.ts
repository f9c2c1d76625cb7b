import type { Receiver } from "@eddy/api";
import { fakeClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startNotificationBed, type NotificationBed } from "../testing/notification-bed.ts";
import { requestPasses } from "./request-passes.ts";

let bed: NotificationBed;

beforeAll(async () => {
  bed = await startNotificationBed();
});
afterAll(() => bed.stop());
beforeEach(async () => {
  await bed.enterNamespace();
  await bed.createSecret("token", { token: "0123456789abcdef" });
  await bed.createRepository("app");
});

describe("requestPasses()", () => {
  it("asks anew by each call, though no time has passed", async () => {
    const resources = [{ kind: "GitRepository" as const, name: "app" }];
    const receiver: Receiver = await bed.createReceiver("hook", {
      type: "generic",
      secretRef: { name: "token" },
      resources,
    });
    const ports = { kube: bed.kube, clock: fakeClock(), logger: silentLogger, noCrossNamespaceRefs: true };
    const values: (string | undefined)[] = [];
    for (let count = 0; count < 3; count++) {
      expect(await requestPasses(receiver, { payload: () => ({}) }, ports)).toBe(true);
      values.push(await bed.requestedAt("app"));
    }
    expect(values).toEqual([
      "2026-01-01T00:00:00.000Z",
      "2026-01-01T00:00:00.000000001Z",
      "2026-01-01T00:00:00.000000002Z",
    ]);
  });
});
