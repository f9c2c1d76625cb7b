import { costExceeded } from "./cost.ts";

/** Ends an evaluation that took all its steps: one object, because the engine may catch it many times before it gives up. */
const exceeded = new Error(costExceeded);

/**
 * Counts the steps of the evaluation that runs. A step is some 50 ns of this process, in the proportions of cel-go's cost: reading
 * ten characters is one, as is an element of a list. What it counts follows from the expression and its variables alone.
 */
export class CostMeter {
  private limit = 0;
  private left = 0;
  private readonly paid = new Set<string>();

  /** Begins an evaluation. They are synchronous: there is never more than one. */
  start(limit: number): void {
    this.limit = limit;
    this.left = limit;
    this.paid.clear();
  }

  /** Whether the evaluation took more than it may: its result is void, whatever the engine made of the error. */
  get isExceeded(): boolean {
    return this.left < 0;
  }

  /** Steps taken so far, at most one more than allowed. */
  get spent(): number {
    return this.limit - Math.max(this.left, -1);
  }

  /** @throws the same error from now on, once all steps are taken */
  spend(steps: number): void {
    this.left -= Math.ceil(steps);
    // Also what is not a number is too much.
    if (this.left >= 0) return;
    this.left = -1;
    throw exceeded;
  }

  /** Spends only the first time in an evaluation: for what is kept for the next time. */
  spendOnce(name: string, steps: number): void {
    if (this.paid.has(name)) return;
    this.spend(steps);
    this.paid.add(name);
  }

  /** Steps of walking all of a value; walks no further than there are steps left, for values may hold one list many times. */
  weigh(value: unknown): number {
    return weigh(value, this.left);
  }
}

function weigh(value: unknown, most: number): number {
  if (typeof value === "string" || value instanceof Uint8Array) return 1 + Math.ceil(value.length / 10);
  let total = 1;
  if (Array.isArray(value)) {
    for (const item of value) if (total <= most) total += weigh(item, most - total);
  } else if (isMap(value)) {
    for (const key in value) if (total <= most) total += 3 + weigh(value[key], most - total);
  }
  return total;
}

/** Steps of finding a value's type: the engine looks at the first of its elements, and lists all keys to find the first. */
export function weighType(value: unknown): number {
  if (Array.isArray(value)) return 1 + weighType(value[0]);
  if (!isMap(value)) return 1;
  const keys = Object.keys(value);
  return 1 + 4 * keys.length + (keys[0] === undefined ? 0 : weighType(value[keys[0]]));
}

/** Whether a value is a map of the language. */
export function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a value is one that the language does not take for a key: as text it may be of any length. */
export function isComposite(value: unknown): boolean {
  return Array.isArray(value) || isMap(value) || value instanceof Uint8Array;
}
