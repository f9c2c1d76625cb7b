import type { Measurement } from "../measurement.ts";
import { cpu, measured, memory, requestNow, seconds } from "../measure.ts";
import { observe, type Observer } from "../world/observer.ts";
import type { Peer } from "../world/peers.ts";
import {
  appFiles,
  appName,
  gitRepository,
  gitRepositoryKind,
  isReady,
  kustomization,
  kustomizationKind,
  namespace,
  statusOf,
} from "../world/repository.ts";
import { startWorld } from "../world/world.ts";

const targets: Readonly<Record<number, Record<string, string>>> = {
  100: {
    install: "≤ 3",
    installCpu: "≤ 2",
    change: "≤ 4",
    changeCpu: "≤ 2.5",
    nothing: "≤ 0.5",
    nothingCpu: "≤ 0.3",
    memory: "≤ 120",
  },
  1_000: { install: "≤ 30", memory: "≤ 200" },
};

/** `count` Kustomizations of six objects from one repository: installed, all changed by a commit, asked again for nothing. */
export async function manyKustomizations(peer: Peer, count: number): Promise<Measurement[]> {
  const world = await startWorld(peer);
  const want = targets[count] ?? {};
  try {
    const repository = await world.git.createRepository("bench", appFiles(count, "0"));
    const appliers = await observe(world.client, kustomizationKind);
    const sources = await observe(world.client, gitRepositoryKind);
    await world.client.create(gitRepository(repository.url, "1h"));
    await sources.until(
      "the source is ready",
      (objects) => objects.size > 0 && [...objects.values()].every(isReady),
      60_000,
    );

    const install = await measured(world, async () => {
      await Promise.all(
        Array.from({ length: count }, (_, index) => world.client.create(kustomization(appName(index)))),
      );
      return allReady(appliers, count, () => true, 900_000);
    });
    const memoryAfterInstall = world.processes.usage().rssMiB;

    const head = await world.git.commit("bench", { message: "change everything", files: appFiles(count, "1") });
    const change = await measured(world, async () => {
      await world.client.patch({ ...gitRepositoryKind, namespace, name: "bench" }, "merge", requestNow());
      return allReady(
        appliers,
        count,
        (object) => statusOf(object).lastAppliedRevision?.endsWith(head) ?? false,
        900_000,
      );
    });

    const token = `nothing-${Date.now()}`;
    const nothing = await measured(world, async () => {
      const keys = Array.from({ length: count }, (_, index) => ({
        ...kustomizationKind,
        namespace,
        name: appName(index),
      }));
      await Promise.all(keys.map((key) => world.client.patch(key, "merge", requestNow(token))));
      return allReady(appliers, count, (object) => statusOf(object).lastHandledReconcileAt === token, 900_000);
    });
    appliers.stop();
    sources.stop();
    return [
      seconds(`${count} Kustomizations × 6 objects: installed`, install.seconds, want["install"]),
      cpu(`${count} Kustomizations × 6 objects: installed, CPU`, install.cpuSeconds, want["installCpu"]),
      seconds(`one commit changing all ${count}: all ready`, change.seconds, want["change"]),
      cpu(`one commit changing all ${count}: CPU`, change.cpuSeconds, want["changeCpu"]),
      seconds(`requested reconcile of all ${count}, nothing changed`, nothing.seconds, want["nothing"]),
      cpu(`requested reconcile of all ${count}, nothing changed: CPU`, nothing.cpuSeconds, want["nothingCpu"]),
      memory(
        `resident with ${count} Kustomizations`,
        Math.max(memoryAfterInstall, world.processes.usage().rssMiB),
        want["memory"],
      ),
    ];
  } finally {
    await world.stop();
  }
}

function allReady(
  appliers: Observer,
  count: number,
  test: (object: Parameters<typeof isReady>[0]) => boolean,
  timeoutMs: number,
): Promise<number> {
  const done = (objects: ReadonlyMap<string, Parameters<typeof isReady>[0]>): boolean =>
    objects.size === count && [...objects.values()].every((object) => isReady(object) && test(object));
  return appliers.until(`${count} Kustomizations are ready`, done as never, timeoutMs);
}
