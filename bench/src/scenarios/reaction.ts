import type { KubeObject } from "@eddy/core/object";
import type { Measurement } from "../measurement.ts";
import { quantile } from "../measurement.ts";
import { observe } from "../world/observer.ts";
import { meanSinceMs, readSteps } from "../world/step-durations.ts";
import type { Peer } from "../world/peers.ts";
import {
  appFiles,
  appName,
  configMapKind,
  gitRepository,
  gitRepositoryKind,
  isReady,
  kustomization,
  kustomizationKind,
} from "../world/repository.ts";
import { startWorld, type World } from "../world/world.ts";

const repeats = 20;

/** How fast one commit of one app reaches the cluster: asked for on the source, found by interval, and undone by hand. */
export async function reaction(peer: Peer): Promise<Measurement[]> {
  const world = await startWorld(peer);
  try {
    const repository = await world.git.createRepository("bench", appFiles(1, "0"));
    await world.client.create(gitRepository(repository.url, "1h"));
    await world.client.create(kustomization(appName(0)));
    const observer = await observe(world.client, configMapKind, "bench=true");
    const appliers = await observe(world.client, kustomizationKind);
    await appliers.until(
      "the app is ready",
      (objects) => objects.size > 0 && [...objects.values()].every(isReady),
      60_000,
    );
    const settle = (): Promise<number> =>
      appliers.until(
        "the app is ready again",
        (objects) => objects.size > 0 && [...objects.values()].every(isReady),
        60_000,
      );
    const before = await readSteps(peer);
    const requested = await series(world, observer, settle, async () => request(world));
    const after = await readSteps(peer);
    await world.client.patch(sourceKey, "merge", { spec: { interval: "5s" } });
    const found = await series(world, observer, settle, async () => {}, anyMoment);
    await world.client.patch(sourceKey, "merge", { spec: { interval: "1h" } });
    const undone = peer.name === "Eddy" ? await putBack(world, observer) : [];
    observer.stop();
    appliers.stop();
    return [
      {
        what: "request on the source → changed object, p50",
        value: quantile(requested, 0.5),
        unit: "ms",
        want: "≤ 60",
      },
      {
        what: "request on the source → changed object, p90",
        value: quantile(requested, 0.9),
        unit: "ms",
        want: "≤ 120",
      },
      ...parts.map(({ what, controller, steps }) => ({
        what: `of which ${what}, mean`,
        value: steps.reduce((sum, step) => sum + meanSinceMs(before, after, `${controller}/${step}`), 0),
        unit: "ms" as const,
      })),
      {
        what: "push → changed object, interval 5s, p50",
        value: quantile(found, 0.5) / 1_000,
        unit: "s",
        want: "≤ 2.5",
      },
      ...(undone.length === 0
        ? []
        : [
            {
              what: "hand-edited object put back, p50",
              value: quantile(undone, 0.5),
              unit: "ms" as const,
              want: "≤ 150",
            },
          ]),
    ];
  } finally {
    await world.stop();
  }
}

/** Where the time from the request to the changed object goes, by the steps of the two passes. */
const parts = [
  { what: "fetch (ask for refs, fetch the commit)", controller: "gitrepository", steps: ["Poll", "Fetch"] },
  { what: "archive", controller: "gitrepository", steps: ["Include", "Archive"] },
  { what: "build", controller: "kustomization", steps: ["Build", "Decrypt", "Substitute", "Validate"] },
  { what: "apply", controller: "kustomization", steps: ["Apply"] },
] as const;

const sourceKey = { ...gitRepositoryKind, namespace: "flux-system", name: "bench" };
const changedName = `${appName(0)}-0`;

async function request(world: World): Promise<void> {
  const annotations = { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() + Math.random() };
  await world.client.patch(sourceKey, "merge", { metadata: { annotations } });
}

type Observed = Awaited<ReturnType<typeof observe>>;

/** People push at any moment of an interval, not just after it began: spread evenly, in an order that is not the clock's. */
function anyMoment(index: number): Promise<void> {
  const phase = (((index * 7) % repeats) + 0.5) / repeats;
  return new Promise((resolve) => setTimeout(resolve, phase * 5_000));
}

/** Milliseconds from the push, and the act after it, to the changed ConfigMap, a commit each time. */
async function series(
  world: World,
  observer: Observed,
  settle: () => Promise<number>,
  act: () => Promise<void>,
  before: (index: number) => Promise<void> = async () => {},
): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < repeats; index++) {
    await before(index);
    const revision = `${Date.now()}-${index}`;
    await world.git.commit("bench", { message: `revision ${revision}`, files: appFiles(1, revision) });
    const startMs = performance.now();
    const changed = observer.until(
      "the ConfigMap has the new revision",
      (objects) =>
        [...objects.values()].some((object) => object.metadata.name === changedName && dataOf(object) === revision),
      30_000,
    );
    await act();
    samples.push((await changed) - startMs);
    world.processes.assertAlive();
    await settle();
  }
  return samples;
}

/** Milliseconds from the answer to an edit by hand to the watch event that shows it undone; another object each time. */
async function putBack(world: World, observer: Observed): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < repeats; index++) {
    const key = { group: "", kind: "ConfigMap", namespace: "flux-system", name: `${appName(0)}-${index % 5}` };
    const wanted = dataOf(await world.client.get(key));
    const edit = { data: { revision: `edited-${index}` } };
    const edited = await world.client.patch(key, "merge", edit, { fieldManager: "kubectl-edit" });
    const startMs = performance.now();
    const isUndone = (object: KubeObject): boolean =>
      object.metadata.name === key.name && versionOf(object) > versionOf(edited) && dataOf(object) === wanted;
    const undoneMs = await observer.until(
      "the edit is undone",
      (objects) => [...objects.values()].some(isUndone),
      30_000,
    );
    samples.push(undoneMs - startMs);
  }
  return samples;
}

function versionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion);
}

function dataOf(object: { [field: string]: unknown } | undefined): string | undefined {
  return (object?.["data"] as Record<string, string> | undefined)?.["revision"];
}
