import { valueAt, type ObjectRef } from "@eddy/core/object";
import { fakeClock } from "@eddy/core/clock";
import { castVote, closeApproval, readApproval, requestApproval, type ApprovalKey } from "@eddy/runtime/approval";
import { hasReason } from "@eddy/kube";
import { createCaches } from "@eddy/runtime/controller";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUpdatesBed, type UpdatesBed } from "../testing/updates-bed.ts";
import type { ControllerEvent } from "@eddy/runtime/events";
import { decisionEvent } from "./decision-event.ts";
import { startApprovalLoop } from "./approval-loop.ts";

let bed: UpdatesBed;
beforeAll(async () => {
  bed = await startUpdatesBed();
  await bed.enterNamespace();
});
afterAll(() => bed.stop());

it("counts, tells once, wakes who asked, ends what nobody decided, and forgets what is long done", async () => {
  const { kube, logger } = bed.environment;
  const clock = fakeClock(Date.now());
  const caches = createCaches({ kube, clock, logger, namespace: "" });
  const [told, woken, decided]: [string[], ObjectRef[], ControllerEvent[]] = [[], [], []];
  const start = (): ReturnType<typeof startApprovalLoop> =>
    startApprovalLoop({
      kube,
      clock,
      logger,
      caches,
      onApproved: (ref) => woken.push(ref),
      onDecided: (approval) => decided.push(decisionEvent(approval, clock.now())),
      tell: async ({ metadata }) => void told.push(metadata.name),
    });
  const ask = async (name: string): Promise<ApprovalKey> => {
    const change = { subject: { apiVersion: "apps/v1", kind: "Deployment", name }, from: "1", to: "2" };
    const { approval } = await requestApproval(
      { namespace: bed.namespace, ...change, votesRequired: 1, deadlineMs: 3_600_000 },
      { kube, clock },
    );
    return approval as ApprovalKey;
  };
  const phaseOf = async (key: ApprovalKey): Promise<unknown> => {
    try {
      return valueAt(await readApproval(kube, key), "status", "phase");
    } catch (error) {
      return hasReason(error, "NotFound") ? "gone" : error;
    }
  };
  let loop = start();
  const [voted, ignored] = [await ask("voted"), await ask("ignored")];
  await expect.poll(() => told.toSorted()).toEqual([ignored.name, voted.name].toSorted());
  await castVote(voted, { voter: "jane", groups: ["system:masters"], choice: "approve", via: "test" }, { kube, clock });
  await expect.poll(() => woken.map(({ name }) => name)).toContain("voted");
  await expect.poll(() => decided.map(({ reason }) => reason)).toEqual(["ApprovalApproved"]);
  expect(decided[0]).toMatchObject({
    involvedObject: { group: "apps", apiVersion: "apps/v1", kind: "Deployment", name: "voted" },
    message: "change 1 to 2: approved by jane",
    metadata: { "keel.sh/level": "info" },
  });
  await loop.idle();
  await loop.stop();
  loop = start();
  await loop.idle();
  expect(told).toHaveLength(2);
  await closeApproval(voted, { kube, clock });
  clock.advance(3_600_002);
  await expect.poll(() => phaseOf(ignored)).toBe("Expired");
  expect(await phaseOf(voted)).toBe("Done");
  await loop.idle();
  clock.advance(8 * 24 * 3_600_000);
  await expect.poll(() => phaseOf(voted)).toBe("gone");
  expect(await phaseOf(ignored)).toBe("Expired");
  // What was decided before is no news after a start.
  expect(decided).toHaveLength(1);
  await loop.stop();
  caches.close();
});
