import { describe, expect, test } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import type { Priority } from "./handle.ts";
import {
  alignDelay,
  createWorkQueue,
  mergeRequests,
  type QueuedRequest,
  type Slot,
  type WorkQueue,
} from "./work-queue.ts";

interface Started {
  key: string;
  request: QueuedRequest;
  slot: Slot;
  finish(): void;
}

function queueOf(concurrency: number): { queue: WorkQueue; started: Started[]; clock: ReturnType<typeof fakeClock> } {
  const started: Started[] = [];
  const clock = fakeClock();
  const queue = createWorkQueue({
    concurrency,
    clock,
    work(key, request, slot) {
      const done = Promise.withResolvers<void>();
      started.push({ key, request, slot, finish: () => done.resolve() });
      return done.promise;
    },
  });
  return { queue, started, clock };
}

const event = (because = "test", priority: Priority = "event"): QueuedRequest => ({ priority, because });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const keys = (started: Started[]): string[] => started.map(({ key }) => key);

describe("createWorkQueue()", () => {
  test("starts urgent keys first, whatever came first", async () => {
    const { queue, started } = queueOf(1);
    queue.add("d", event("", "resync"));
    queue.add("c", event("", "interval"));
    queue.add("b", event());
    queue.add("a", event("", "requested"));
    for (let index = 0; index < 4; index++) {
      await turn();
      started[index]?.finish();
    }
    expect(keys(started)).toEqual(["a", "b", "c", "d"]);
  });

  test("does a key that is asked for twice before it starts once, at its most urgent", async () => {
    const { queue, started } = queueOf(4);
    queue.add("a", event("first", "interval"));
    queue.add("a", event("second", "requested"));
    await turn();
    expect(started.map(({ request }) => request)).toEqual([{ priority: "requested", because: "second" }]);
  });

  test("never works on one key twice at the same time, and once more when asked meanwhile", async () => {
    const { queue, started } = queueOf(4);
    queue.add("a", event());
    await turn();
    queue.add("a", event("again"));
    queue.add("a", event("and again"));
    await turn();
    expect(started).toHaveLength(1);
    started[0]?.finish();
    await turn();
    expect(started.map(({ request }) => request.because)).toEqual(["test", "and again"]);
  });

  test("a pass that waits outside holds no worker, and gets one before new work", async () => {
    const { queue, started } = queueOf(1);
    queue.add("waits", event());
    await turn();
    started[0]?.slot.release();
    queue.add("b", event());
    queue.add("c", event());
    await turn();
    expect(keys(started)).toEqual(["waits", "b"]);
    let isBack = false;
    void started[0]?.slot.retake().then(() => (isBack = true));
    await turn();
    expect(isBack).toBe(false);
    started[1]?.finish();
    await turn();
    expect([isBack, keys(started)]).toEqual([true, ["waits", "b"]]);
  });

  test("a pass that yields goes on after every key had its first turn", async () => {
    const { queue, started } = queueOf(1);
    queue.add("patient", event());
    queue.add("b", event());
    await turn();
    let isBack = false;
    void started[0]?.slot.yield().then(() => (isBack = true));
    await turn();
    expect([isBack, keys(started)]).toEqual([false, ["patient", "b"]]);
    started[1]?.finish();
    await turn();
    expect(isBack).toBe(true);
  });

  test("tells a running pass that it is asked for again", async () => {
    const { queue, started } = queueOf(1);
    queue.add("a", event());
    await turn();
    const heard: string[] = [];
    started[0]?.slot.onRequested(({ because }) => void heard.push(because));
    queue.add("a", event("newer revision"));
    expect(heard).toEqual(["newer revision"]);
  });

  test("keeps one timer a key, and drops it when a pass starts sooner", async () => {
    const { queue, started, clock } = queueOf(1);
    queue.addAfter("a", 1_000, event("early", "interval"));
    queue.addAfter("a", 5_000, event("late", "interval"));
    clock.advance(2_000);
    await turn();
    expect(started).toHaveLength(0);
    queue.add("a", event());
    await turn();
    started[0]?.finish();
    await queue.idle();
    clock.advance(10_000);
    await turn();
    expect(started).toHaveLength(1);
  });

  test("stop() waits for what runs and starts nothing more", async () => {
    const { queue, started } = queueOf(1);
    queue.add("a", event());
    queue.add("b", event());
    await turn();
    let isStopped = false;
    void queue.stop().then(() => (isStopped = true));
    await turn();
    expect(isStopped).toBe(false);
    started[0]?.finish();
    await turn();
    expect([isStopped, keys(started)]).toEqual([true, ["a"]]);
  });
});

test.each([
  ["under a minute is kept", 30_001, 0.5, 30_001],
  ["a minute, within 512 ms", 60_001, 0, 60_416],
  ["ten minutes, within 4,096 ms", 600_001, 0, 602_112],
  ["ten minutes, a little later: the same moment", 601_500, 0, 602_112],
  ["ten minutes in another process", 600_001, 0.5, 600_064],
  ["an hour, within 32,768 ms", 3_600_001, 0, 3_604_480],
])("alignDelay(): %s", (_name, delayMs, phase, want) => {
  expect(alignDelay(delayMs, 0, phase)).toBe(want);
  expect(alignDelay(delayMs, 1_234, phase)).toBeGreaterThanOrEqual(delayMs);
  expect(alignDelay(delayMs, 1_234, phase)).toBeLessThanOrEqual(delayMs * 1.01);
});

test("keys whose delays end at about the same time start together", async () => {
  const { queue, started, clock } = queueOf(3);
  for (const [index, delayMs] of [600_100, 600_900, 601_700].entries())
    queue.addAfter(`${index}`, delayMs, event("interval", "interval"));
  expect(clock.pending()).toBe(3);
  let turns = 0;
  while (started.length < 3) {
    clock.advance(64);
    await turn();
    if (started.length > 0) turns++;
  }
  expect(turns).toBe(1);
});

test.each([
  [undefined, "interval", "interval"],
  ["requested", "interval", "requested"],
  ["resync", "event", "event"],
] as const)("mergeRequests(%s, %s) is %s", (earlier, later, want) => {
  const before = earlier && { priority: earlier, because: "before" };
  expect(mergeRequests(before, { priority: later, because: "after" })).toEqual({ priority: want, because: "after" });
});
