import { fakeClock } from "@eddy/core/clock";
import { describe, expect, test } from "vitest";
import { createRegistryPool, type RegistryAccess } from "./index.ts";

const access = (key: string): RegistryAccess => ({ key, account: "", options: {} });

describe("the pool", () => {
  test("equal access is one client, another access another", () => {
    const pool = createRegistryPool({ clock: fakeClock() });
    const first = pool.open("a", access("x"));
    expect(pool.open("a", access("x"))).toBe(first);
    expect(pool.open("b", access("x"))).toBe(first);
    expect(pool.open("c", access("y"))).not.toBe(first);
    pool.close();
  });

  test("a client is closed when the last who had it leaves", () => {
    const pool = createRegistryPool({ clock: fakeClock() });
    const first = pool.open("a", access("x"));
    pool.open("b", access("x"));
    pool.release("a");
    expect(pool.open("c", access("x"))).toBe(first);
    pool.open("b", access("y"));
    pool.release("c");
    pool.release("c");
    expect(pool.open("d", access("x"))).not.toBe(first);
    pool.close();
  });
});
