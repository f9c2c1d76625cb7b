/** Events live for an hour. The original gives each a lease in etcd; here they are swept. */
import type { Cancel } from "@eddy/core/clock";
import type { Kernel } from "../kernel.ts";

const lifetimeMs = 3_600_000;
const sweepEveryMs = 300_000;

/** Removes expired events every five minutes, until cancelled. */
export function expireEvents(kernel: Kernel): Cancel {
  let cancel = kernel.clock.after(sweepEveryMs, sweep);
  function sweep(): void {
    const oldestMs = kernel.clock.now() - lifetimeMs;
    for (const { key, object } of kernel.store.collection("/events").list()) {
      // Written again (a count, a series) means alive again, which only the managers' times tell.
      const times = [
        object.metadata.creationTimestamp,
        ...(object.metadata.managedFields ?? []).map((entry) => entry.time),
      ];
      if (times.every((time) => time === undefined || Date.parse(time) < oldestMs)) kernel.store.remove("/events", key);
    }
    cancel = kernel.clock.after(sweepEveryMs, sweep);
  }
  return () => cancel();
}
