import { delay, systemClock } from "@eddy/core/clock";
import type { Measurement } from "../measurement.ts";
import { createAudit } from "../world/audit.ts";
import { observe } from "../world/observer.ts";
import type { Peer } from "../world/peers.ts";
import {
  appFiles,
  appName,
  gitRepository,
  gitRepositoryKind,
  isReady,
  kustomization,
  kustomizationKind,
} from "../world/repository.ts";
import { startWorld } from "../world/world.ts";

/** Longer than every interval with its jitter, so that each object is looked at. */
const windowMs = 660_000;
const settleMs = 20_000;
const count = 1_000;

/**
 * What it costs to change nothing: so many Kustomizations with an interval of ten minutes and their source, looked at every minute,
 * are left alone, the Lease being held as in an installation. The requests are counted by the API server, the CPU by the kernel.
 */
export async function idle(peer: Peer): Promise<Measurement[]> {
  const audit = createAudit();
  const world = await startWorld(peer, { apiServerFlags: audit.flags, peerFlags: ["--enable-leader-election"] });
  try {
    const { url } = await world.git.createRepository("bench", appFiles(count, "0"));
    const sources = await observe(world.client, gitRepositoryKind);
    await world.client.create(gitRepository(url, "1m"));
    await sources.until("the source is ready", (found) => found.size > 0 && [...found.values()].every(isReady), 60_000);
    sources.stop();
    const appliers = await observe(world.client, kustomizationKind);
    for (let index = 0; index < count; index++)
      await world.client.create(kustomization(appName(index), { interval: "10m" }));
    const areReady: Parameters<typeof appliers.until>[1] = (found) =>
      found.size === count && [...found.values()].every(isReady);
    await appliers.until("everything is ready", areReady, 900_000);
    appliers.stop();

    await delay(systemClock, settleMs);
    const [fromMs, before] = [Date.now(), world.processes.usage().cpuSeconds];
    await delay(systemClock, windowMs);
    world.processes.assertAlive();
    const [toMs, after] = [Date.now(), world.processes.usage()];
    const requests = audit.countBetween(fromMs, toMs);
    for (const [what, times] of requests) console.error(`  ${times} × ${what}`);
    const total = [...requests.values()].reduce((sum, times) => sum + times, 0);
    const hours = (toMs - fromMs) / 3_600_000;
    const what = `${count} unchanged Kustomizations at rest`;
    return [
      { what: `${what}: API requests`, value: total / (hours * 3_600), unit: "requests/s", want: "≤ 0.1" },
      { what: `${what}: CPU`, value: (after.cpuSeconds - before) / hours, unit: "CPU-s/h", want: "≤ 10" },
      { what: `${what}: resident`, value: after.rssMiB, unit: "MiB" },
    ];
  } finally {
    await world.stop();
    audit.close();
  }
}
