import { memoryTree } from "@eddy/core/tree";
import { startChartRepository } from "@eddy/chart-repository";
import type { KubeObject } from "@eddy/core/object";
import { cpu, measured, memory, requestNow, seconds } from "../measure.ts";
import type { Measurement } from "../measurement.ts";
import { helmRelease, helmReleaseKind, helmRepository, helmRepositoryKind, smallChart } from "../world/charts.ts";
import { observe, type Observer } from "../world/observer.ts";
import type { Peer } from "../world/peers.ts";
import {
  appFiles,
  appName,
  gitRepository,
  isReady,
  kustomization,
  kustomizationKind,
  namespace,
  statusOf,
} from "../world/repository.ts";
import { startWorld } from "../world/world.ts";

const count = 50;
const kustomizations = 100;
const releaseName = (index: number): string => `release-${String(index).padStart(3, "0")}`;

/**
 * Fifty HelmReleases of six objects from one HTTP repository: installed, all upgraded by a new version of the chart, asked again for
 * nothing; and the memory that this takes beside a hundred Kustomizations.
 */
export async function manyHelmReleases(peer: Peer): Promise<Measurement[]> {
  const world = await startWorld(peer);
  const charts = await startChartRepository();
  try {
    charts.add(memoryTree(smallChart("1.0.0")));
    const releases = await observe(world.client, helmReleaseKind);
    const sources = await observe(world.client, helmRepositoryKind);
    await world.client.create(helmRepository(charts.url));
    await sources.until("the repository is ready", (objects) => [...objects.values()].some(isReady), 60_000);

    const install = await measured(world, async () => {
      await Promise.all(
        Array.from({ length: count }, (_, index) => world.client.create(helmRelease(releaseName(index)))),
      );
      return allReleased(releases, (object) => versionOf(object) === "1.0.0");
    });

    charts.add(memoryTree(smallChart("1.1.0")));
    const upgrade = await measured(world, async () => {
      await world.client.patch({ ...helmRepositoryKind, namespace, name: "bench" }, "merge", requestNow());
      return allReleased(releases, (object) => versionOf(object) === "1.1.0");
    });

    const nothing = await measured(world, () => askAll(world.client, releases));
    const again = await measured(world, () => askAll(world.client, releases));
    const rss = await rssBesideKustomizations(world);
    releases.stop();
    sources.stop();
    const what = `${count} HelmReleases × 6 objects`;
    return [
      seconds(`${what}: installed`, install.seconds, "≤ 4"),
      cpu(`${what}: installed, CPU`, install.cpuSeconds),
      seconds(`${what}: upgraded by a new chart`, upgrade.seconds, "≤ 4"),
      cpu(`${what}: upgraded by a new chart, CPU`, upgrade.cpuSeconds),
      seconds(`requested reconcile of all ${count} HelmReleases, nothing changed`, nothing.seconds, "≤ 0.5"),
      cpu(`requested reconcile of all ${count} HelmReleases, nothing changed: CPU`, nothing.cpuSeconds),
      seconds(`requested reconcile of all ${count} HelmReleases, once more`, again.seconds, "≤ 0.5"),
      memory(`resident with ${count} HelmReleases and ${kustomizations} Kustomizations`, rss, "≤ 150"),
    ];
  } finally {
    await charts.stop();
    await world.stop();
  }
}

async function askAll(client: Awaited<ReturnType<typeof startWorld>>["client"], releases: Observer): Promise<number> {
  const token = `nothing-${Date.now()}`;
  const keys = Array.from({ length: count }, (_, index) => ({
    ...helmReleaseKind,
    namespace,
    name: releaseName(index),
  }));
  await Promise.all(keys.map((key) => client.patch(key, "merge", requestNow(token))));
  return allReleased(releases, (object) => statusOf(object).lastHandledReconcileAt === token);
}

async function rssBesideKustomizations(world: Awaited<ReturnType<typeof startWorld>>): Promise<number> {
  const repository = await world.git.createRepository("bench", appFiles(kustomizations, "0"));
  const appliers = await observe(world.client, kustomizationKind);
  await world.client.create(gitRepository(repository.url, "1h"));
  await Promise.all(
    Array.from({ length: kustomizations }, (_, index) => world.client.create(kustomization(appName(index)))),
  );
  await appliers.until(
    `${kustomizations} Kustomizations are ready`,
    (objects) => objects.size === kustomizations && [...objects.values()].every(isReady),
    900_000,
  );
  appliers.stop();
  return world.processes.usage().rssMiB;
}

function allReleased(releases: Observer, test: (object: KubeObject) => boolean): Promise<number> {
  const done = (objects: ReadonlyMap<string, KubeObject>): boolean =>
    objects.size === count && [...objects.values()].every((object) => isReady(object) && test(object));
  return releases.until(`${count} HelmReleases are ready`, done, 900_000);
}

function versionOf(object: KubeObject): string | undefined {
  const { history } = statusOf(object) as { history?: { chartVersion: string }[] };
  return history?.[0]?.chartVersion;
}
