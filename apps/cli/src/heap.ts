import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Keeps V8's heap close to what is alive, for the whole process and from now on: best called before the program is loaded.
 * Without it garbage of some forty MiB stays until the first full collection, which V8 puts off for as long as it can.
 * Both flags are read whenever the heap grows, so that no flag of the command line is needed. Idempotent.
 */
export function keepHeapSmall(): void {
  // The young generation stays at a MiB a half. What a pass leaves behind is little, and gone with the pass.
  setFlagsFromString("--semi-space-growth-factor=1");
  // A full collection is due when the heap is a third larger than what the last one left, not several times.
  setFlagsFromString("--heap-growing-percent=30");
}

/** One full collection, some 20 ms: growth is counted from what it leaves. For when a start has ended. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  setFlagsFromString("--no-expose-gc");
  collect();
}
