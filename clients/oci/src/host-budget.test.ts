import { fakeClock, type FakeClock } from "@eddy/core/clock";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHostBudget, type HostBudget, type HostBudgetOptions } from "./index.ts";

interface Bed {
  readonly clock: FakeClock;
  readonly budget: HostBudget;
  /** Names of requests that have begun, in order. */
  readonly begun: string[];
  /** A request that lasts until it is ended. */
  ask(name: string, host?: string, signal?: AbortSignal): { end(): void; done: Promise<unknown> };
}

function bed(options: Partial<HostBudgetOptions> = {}): Bed {
  const clock = fakeClock();
  const budget = createHostBudget({ clock, ratePerSecond: 10, burst: 3, concurrent: 2, ...options });
  const begun: string[] = [];
  return {
    clock,
    budget,
    begun,
    ask(name, host = "one", signal) {
      const lasting = Promise.withResolvers<void>();
      const done = budget.run(host, signal, () => {
        begun.push(name);
        return lasting.promise;
      });
      done.catch(() => undefined);
      return { end: lasting.resolve, done };
    },
  };
}

/** Lets what was resolved go on. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

describe("a host's budget", () => {
  test("so many at a time, in the order in which they came", async () => {
    const { ask, begun } = bed({ burst: 100 });
    const [first, second] = [ask("a"), ask("b"), ask("c"), ask("d")];
    await settle();
    expect(begun).toEqual(["a", "b"]);
    first?.end();
    await settle();
    expect(begun).toEqual(["a", "b", "c"]);
    second?.end();
    await settle();
    expect(begun).toEqual(["a", "b", "c", "d"]);
  });

  test("a burst, then so many a second", async () => {
    const { ask, begun, clock } = bed({ concurrent: 100 });
    for (let index = 0; index < 8; index++) ask(String(index));
    await settle();
    expect(begun).toHaveLength(3);
    clock.advance(100);
    await settle();
    expect(begun).toHaveLength(4);
    clock.advance(1_000);
    await settle();
    expect(begun).toHaveLength(8);
  });

  test("one host never waits for another", async () => {
    const { ask, begun } = bed();
    for (let index = 0; index < 50; index++) ask(`slow ${index}`, "slow");
    ask("quick", "other");
    await settle();
    expect(begun).toContain("quick");
  });

  test("what one account is told concerns no other", async () => {
    const { budget, begun, ask, clock } = bed();
    budget.of("somebody").pause("one", 3_600_000);
    ask("a");
    await settle();
    expect([begun, budget.pausedMs("one"), budget.of("other").pausedMs("one")]).toEqual([["a"], 0, 0]);
    const refused = budget.of("somebody").run("one", undefined, () => Promise.resolve());
    await expect(refused).rejects.toThrow("one asked to be left alone for another 1h0m0s");
    clock.advance(3_600_000);
    expect(budget.of("somebody").pausedMs("one")).toBe(0);
  });

  test("who asked to be left alone is, by everybody", async () => {
    const { ask, begun, budget, clock } = bed();
    budget.pause("one", 5_000);
    budget.pause("one", 1_000);
    ask("a");
    ask("b", "other");
    await settle();
    expect(begun).toEqual(["b"]);
    expect(budget.pausedMs("one")).toBe(5_000);
    clock.advance(4_999);
    await settle();
    expect(begun).toEqual(["b"]);
    clock.advance(1);
    await settle();
    expect(begun).toEqual(["b", "a"]);
  });

  test("a long pause is no reason to wait: it is told at once", async () => {
    const { ask, budget, clock } = bed();
    budget.pause("one", 600_000);
    await expect(ask("a").done).rejects.toMatchObject({
      code: "OCI_HOST_BUSY",
      class: "waiting",
      message: "one asked to be left alone for another 10m0s",
    });
    clock.advance(580_000);
    const later = ask("b");
    clock.advance(20_000);
    later.end();
    await expect(later.done).resolves.toBeUndefined();
  });

  test("nobody is left alone for ever", () => {
    const { budget } = bed({ maxPauseMs: 60_000 });
    budget.pause("one", 1e12);
    expect(budget.pausedMs("one")).toBe(60_000);
  });

  test("who gives up leaves the queue, and a request that fails makes room", async () => {
    const { ask, begun, budget } = bed({ concurrent: 1 });
    const abort = new AbortController();
    const first = ask("a");
    const given = ask("b", "one", abort.signal);
    ask("c");
    abort.abort(new Error("given up"));
    await expect(given.done).rejects.toThrow("given up");
    first.end();
    await settle();
    expect(begun).toEqual(["a", "c"]);
    await expect(budget.run("two", undefined, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await expect(budget.run("two", abort.signal, () => Promise.resolve(1))).rejects.toThrow("given up");
    await expect(budget.run("two", undefined, () => Promise.resolve(1))).resolves.toBe(1);
  });

  test("whatever is asked is answered once, and never too much at a time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 30 }), async (durations) => {
        const clock = fakeClock();
        const budget = createHostBudget({ clock, ratePerSecond: 10, burst: 4, concurrent: 3 });
        let [running, most, ended] = [0, 0, 0];
        const all = durations.map((seconds) =>
          budget.run("one", undefined, async () => {
            most = Math.max(most, ++running);
            await new Promise<void>((resolve) => void clock.after(seconds * 1_000 + 1, resolve));
            running--;
            ended++;
          }),
        );
        for (let turn = 0; turn < 200 && ended < durations.length; turn++) {
          await settle();
          clock.advance(500);
        }
        await Promise.all(all);
        expect([ended, most <= 3]).toEqual([durations.length, true]);
      }),
      { numRuns: 50 },
    );
  });
});
