import { EddyError } from "@eddy/core/errors";
import type { Fence } from "@eddy/kube";

/** Stands before the writes of a process that must lead to write. */
export interface WriteFence {
  /** @throws EddyError LEASE_LOST (waiting) */
  check: Fence;
  /** Who is asked from now on. Until then nobody leads. */
  guard(isHeld: () => boolean): void;
}

/** A fence that lets nothing through yet. */
export function createFence(): WriteFence {
  let isHeld = (): boolean => false;
  return {
    check() {
      if (isHeld()) return;
      throw new EddyError("LEASE_LOST", "write: this process does not hold the lease any more", { class: "waiting" });
    },
    guard(next) {
      isHeld = next;
    },
  };
}
