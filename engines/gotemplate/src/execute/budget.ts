import { type Clock, systemClock } from "@eddy/core/clock";

/** What an execution may use, with everything that it includes. */
export interface BudgetOptions {
  /** Nodes evaluated and rounds of loops; 10,000,000 unless given. */
  maxSteps?: number;
  /** Bytes (UTF-16 units) printed and made by functions, in sum; 256 Mi unless given. */
  maxBytes?: number;
  /** Milliseconds; 10,000 unless given. */
  timeoutMs?: number;
  /** Templates within templates, `include` and `tpl` counted; 100,000 as in Go unless given. */
  maxDepth?: number;
  /** Where the time comes from. */
  clock?: Clock;
}

/** Steps between two looks at the clock. */
const interval = 4096;

/** Counts down what an execution uses. Shared by an execution and those that it starts. */
export class Budget {
  /** Steps until the clock is looked at or they are used up; counted down in place by compiled templates. */
  steps: number;
  bytes: number;
  readonly maxDepth: number;
  private stepsBeyond: number;
  private readonly maxSteps: number;
  private readonly maxBytes: number;
  private readonly timeoutMs: number;
  private readonly clock: Clock;
  private readonly startMs: number;

  constructor(options: BudgetOptions = {}) {
    const { maxSteps = 10_000_000, maxBytes = 256 * 1024 * 1024, timeoutMs = 10_000, maxDepth = 100_000 } = options;
    this.maxSteps = maxSteps;
    this.maxBytes = maxBytes;
    this.timeoutMs = timeoutMs;
    this.maxDepth = maxDepth;
    this.clock = options.clock ?? systemClock;
    this.startMs = this.clock.now();
    this.steps = Math.min(interval, maxSteps);
    this.stepsBeyond = maxSteps - this.steps;
    this.bytes = maxBytes;
  }

  /** Asked when `steps` is below zero: the next steps, or why there are none. */
  refill(): string | undefined {
    if (this.clock.now() - this.startMs > this.timeoutMs) return `it ran longer than ${this.timeoutMs} ms`;
    if (this.stepsBeyond <= 0) return `it took more than ${this.maxSteps} steps`;
    this.steps = Math.min(interval, this.stepsBeyond);
    this.stepsBeyond -= this.steps;
    return undefined;
  }

  /** Why bytes are used up. */
  bytesExceeded(): string {
    return `it made more than ${this.maxBytes} bytes of text`;
  }
}
