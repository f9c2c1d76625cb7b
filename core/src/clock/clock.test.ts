import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { delay, fakeClock, systemClock, threadCpuMs, uniqueTime } from "./index.ts";

describe("fakeClock()", () => {
  it("runs what became due in order of due time, also what was added on the way", () => {
    const clock = fakeClock(0);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`b@${clock.now()}`));
    clock.after(10, () => {
      seen.push(`a@${clock.now()}`);
      clock.after(5, () => seen.push(`c@${clock.now()}`));
    });
    clock.after(50, () => seen.push("never"));
    clock.advance(30);
    expect(seen).toEqual(["a@10", "c@15", "b@20"]);
    expect(clock.now()).toBe(30);
    expect(clock.pending()).toBe(1);
  });
  it("forgets a cancelled timer", () => {
    const clock = fakeClock(0);
    const cancel = clock.after(1, () => expect.unreachable());
    cancel();
    clock.advance(5);
    expect(clock.pending()).toBe(0);
  });
});

describe("delay()", () => {
  it("rejects with the signal's reason and leaves no timer", async () => {
    const clock = fakeClock(0);
    const controller = new AbortController();
    const waiting = delay(clock, 1_000, controller.signal);
    controller.abort(new Error("newer revision"));
    await expect(waiting).rejects.toThrow("newer revision");
    expect(clock.pending()).toBe(0);
  });
});

describe("systemClock", () => {
  it("keeps nothing of what was cancelled, however many different delays there were", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const heapBytes = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const cancelMany = (from: number): void => {
      for (let delayMs = from; delayMs < from + 50_000; delayMs++) systemClock.after(delayMs, () => undefined)();
    };
    cancelMany(3_000_000);
    const before = heapBytes();
    cancelMany(4_000_000);
    // Each kept list would be some 200 bytes.
    expect(heapBytes() - before).toBeLessThan(3_000_000);
  });
});

describe("uniqueTime()", () => {
  it("differs from the one before it, though the clock stands still", () => {
    const nowMs = Date.UTC(2031, 0, 2, 3, 4, 5, 60);
    const times = [nowMs, nowMs, nowMs, nowMs + 1, nowMs + 1, nowMs - 1].map((ms) => uniqueTime(ms));
    expect(times).toEqual([
      "2031-01-02T03:04:05.060Z",
      "2031-01-02T03:04:05.060000001Z",
      "2031-01-02T03:04:05.060000002Z",
      "2031-01-02T03:04:05.061Z",
      "2031-01-02T03:04:05.061000001Z",
      "2031-01-02T03:04:05.059Z",
    ]);
    expect(times.map((time) => Date.parse(time))).toEqual([nowMs, nowMs, nowMs, nowMs + 1, nowMs + 1, nowMs - 1]);
  });
});

describe("threadCpuMs()", () => {
  it("goes on with work, and stands still while the thread waits", () => {
    const [startMs, atStart] = [performance.now(), threadCpuMs()];
    while (threadCpuMs() - atStart < 20);
    expect(performance.now() - startMs).toBeGreaterThan(15);
    const beforeWait = threadCpuMs();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    expect(threadCpuMs() - beforeWait).toBeLessThan(50);
  });
});
