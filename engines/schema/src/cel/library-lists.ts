import { deepEqual } from "@eddy/core/json";
import type { LibraryContext } from "./engine.ts";
import { registerNamespace } from "./namespace.ts";

type Comparable = bigint | number | string | boolean | Date;

const maxRange = 10_000n;

/** cel-go's sets and lists extensions and Kubernetes' list library. */
export function registerLists({ env, fail }: LibraryContext): void {
  registerSets(env);
  const compare = (left: Comparable, right: Comparable): number => {
    const kinds = typeof left === typeof right || (isNumber(left) && isNumber(right));
    if (!kinds) throw fail("list elements must have the same type");
    if (left < right) return -1;
    return left > right ? 1 : 0;
  };
  const best = (list: Comparable[], sign: number, name: string): Comparable => {
    if (list.length === 0) throw fail(`${name} called on empty list`);
    return list.reduce((found, item) => (compare(item, found) * sign > 0 ? item : found));
  };
  const sum = (list: (bigint | number)[]): bigint | number => {
    return list.reduce(
      (total, item) =>
        typeof total === "bigint" && typeof item === "bigint" ? total + item : Number(total) + Number(item),
      0n,
    );
  };
  env.registerFunction("list.isSorted(): bool", (list: Comparable[]) => {
    return list.every((item, index) => index === 0 || compare(list[index - 1] as Comparable, item) <= 0);
  });
  env.registerFunction("list.sum(): dyn", sum);
  env.registerFunction("list.min(): dyn", (list: Comparable[]) => best(list, -1, "min"));
  env.registerFunction("list.max(): dyn", (list: Comparable[]) => best(list, 1, "max"));
  env.registerFunction("list.indexOf(dyn): int", (list: unknown[], item: unknown) =>
    BigInt(list.findIndex((other) => deepEqual(other, item))),
  );
  env.registerFunction("list.lastIndexOf(dyn): int", (list: unknown[], item: unknown) => {
    return BigInt(list.findLastIndex((other) => deepEqual(other, item)));
  });
  env.registerFunction("list.sort(): list", (list: Comparable[]) => [...list].sort(compare));
  env.registerFunction("list.reverse(): list", (list: unknown[]) => [...list].reverse());
  env.registerFunction("list.distinct(): list", (list: unknown[]) => distinct(list));
  env.registerFunction("list.flatten(): list", (list: unknown[]) => list.flat(1));
  env.registerFunction("list.slice(int, int): list", (list: unknown[], from: bigint, to: bigint) => {
    if (from < 0n || to < from || to > BigInt(list.length))
      throw fail(`cannot slice(${from}, ${to}), list is length ${list.length}`);
    return list.slice(Number(from), Number(to));
  });
  registerRange(env, fail);
}

function isNumber(value: unknown): boolean {
  return typeof value === "bigint" || typeof value === "number";
}

function distinct(list: readonly unknown[]): unknown[] {
  return list.filter((item, index) => list.findIndex((other) => deepEqual(other, item)) === index);
}

function registerRange(env: LibraryContext["env"], fail: LibraryContext["fail"]): void {
  registerNamespace(env, "lists", "ListsNamespace");
  env.registerFunction("ListsNamespace.range(int): list<int>", (_: unknown, count: bigint) => {
    if (count > maxRange) throw fail(`lists.range() is limited to ${maxRange}, got ${count}`);
    return Array.from({ length: Math.max(0, Number(count)) }, (_item, index) => BigInt(index));
  });
}

function registerSets(env: LibraryContext["env"]): void {
  registerNamespace(env, "sets", "SetsNamespace");
  const contains = (list: unknown[], items: unknown[]): boolean =>
    items.every((item) => list.some((other) => deepEqual(other, item)));
  env.registerFunction("SetsNamespace.contains(list, list): bool", (_: unknown, list: unknown[], items: unknown[]) =>
    contains(list, items),
  );
  env.registerFunction(
    "SetsNamespace.equivalent(list, list): bool",
    (_: unknown, left: unknown[], right: unknown[]) => {
      return contains(left, right) && contains(right, left);
    },
  );
  env.registerFunction(
    "SetsNamespace.intersects(list, list): bool",
    (_: unknown, left: unknown[], right: unknown[]) => {
      return left.some((item) => right.some((other) => deepEqual(other, item)));
    },
  );
}
