import { valueAt, type ObjectRef } from "@eddy/core/object";
import { fakeClock } from "@eddy/core/clock";
import { castVote, closeApproval, readApproval, requestApproval, type ApprovalKey } from "@eddy/runtime/approval";
import { hasReason } from "@eddy/kube";
import { createCaches } from "@eddy/runtime/controller";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUpdatesBed, type UpdatesBed } from "../testing/updates-bed.ts";
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
  const [told, woken]: [string[], ObjectRef[]] = [[], []];
  const start = (): ReturnType<typeof startApprovalLoop> =>
    startApprovalLoop({
      kube,
      clock,
      logger,
      caches,
      onApproved: (ref) => woken.push(ref),
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
  await loop.stop();
  caches.close();
});
