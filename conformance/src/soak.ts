import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kustomizeGroup } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { openBed, type Bed } from "./bad-input/bed.ts";
import { startFaultProxy, type Fault } from "./bad-input/fault-proxy.ts";
import { openFleet, type Fleet } from "./kills/fleet.ts";
import { Random } from "./random.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import { findGrowth, type Allowance, type Holdings } from "./soak/holdings.ts";
import { startSoakedServer, type SoakedServer } from "./soak/start-soaked-server.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** A machine with other work may take long for a pass. */
const patienceMs = 60_000;
/** So many commits however short the budget is, and so many at most. */
const fewestRounds = 9;
const mostRounds = 20_000;
/** Requests for passes that find nothing to do, so many at once, and so often between two measurements. */
const requestsAtOnce = 5;
const batches = 5;
const measurements = 9;
/** Chance that a request to the API server goes wrong. */
const faultChance = 0.05;

const mib = 1024 * 1024;

/**
 * Sockets to the API server come and go. What commits bring fills caches up to their bounds: packs of a repository until there
 * are 200, inflated objects until there are 32 MiB; the bound here is that of a run that has filled them.
 */
const ofChanges: Allowance = { heapBytes: 8 * mib, bufferBytes: 8 * mib, descriptors: 20, resources: 20 };
/** Nothing is new: less than a KiB a pass. */
const ofRoutine: Allowance = { heapBytes: mib / 2, bufferBytes: mib / 2, descriptors: 20, resources: 20 };

/** Random commits, deletions and requests for passes under faults, to a server whose memory, files and timers are looked at. */
export const suite: Suite = {
  name: "soak",
  summary:
    "hundreds of passes or as many as one likes, with faults and little memory: heap, files and timers do not grow with their number",
  async run(report, options) {
    const plane = await startRealControlPlane(
      options.upstreamBin === undefined ? {} : { upstreamBin: options.upstreamBin },
    );
    if (!plane) return report.skip("all cases", "the real control plane is not built: npm run upstream");
    const bed = await openBed(plane.kubeconfig, { patienceMs });
    try {
      await soak(report, bed, options);
    } finally {
      await bed.close();
      await plane.stop();
    }
  },
};

interface World {
  bed: Bed;
  fleet: Fleet;
  random: Random;
  server: SoakedServer;
}

async function soak(report: Report, bed: Bed, { seed, budgetMs }: SuiteOptions): Promise<void> {
  report.note(`seed ${seed}`);
  const strategy = { name: "RetryOnFailure" as const, retryInterval: "500ms" };
  const fleet = await openFleet(bed, { patienceMs, releaseSpec: { install: { strategy }, upgrade: { strategy } } });
  const random = new Random(seed);
  const proxy = await startFaultProxy(bed.kubeConfig);
  const file = join(bed.dir, "soak.kubeconfig");
  writeFileSync(file, proxy.kubeconfig, { mode: 0o600 });
  const server = await startSoakedServer(file, join(bed.dir, "soaked"));
  try {
    const world = { bed, fleet, random, server };
    await fleet.converged();
    tell(report, "changes", await runChanges(world, fleet.names, budgetMs), ofChanges);
    await deleteReleases(fleet);
    proxy.set(() => chooseFault(random));
    tell(report, "changes under faults", await runChanges(world, fleet.apps, budgetMs), ofChanges);
    report.note(`${proxy.injected.length} requests went wrong`);
    proxy.set(() => "pass");
    await fleet.restore();
    tell(report, "routine", await runRoutine(world), ofRoutine);
  } catch (error) {
    report.fail("every change is delivered", messageOf(error));
  } finally {
    await server.stop();
    await proxy.stop();
    fleet.stop();
  }
}

/** Without them while requests fail: what an upgrade made before it failed stays, as in Helm. */
async function deleteReleases(fleet: Fleet): Promise<void> {
  const releases = fleet.names.filter((name) => !fleet.apps.includes(name) && fleet.isPresent(name));
  for (const name of releases) await fleet.toggle(name);
  await fleet.converged();
}

/** Commits, deletions and returns of these, in as many parts as there are measurements, each as long as the others. */
async function runChanges(world: World, names: readonly string[], budgetMs: number): Promise<Holdings[]> {
  const measured: Holdings[] = [];
  const startMs = performance.now();
  await changeOften(world, names, fewestRounds / measurements);
  const tookMs = performance.now() - startMs;
  // The first part says how long one takes, and so how many fit.
  const fitting = Math.floor((budgetMs / measurements / tookMs) * (fewestRounds / measurements));
  const rounds = Math.min(Math.max(fewestRounds / measurements, fitting), mostRounds / measurements);
  for (let part = 0; part < measurements; part++) {
    await changeOften(world, names, rounds);
    measured.push(await world.server.measure());
  }
  return measured;
}

async function changeOften({ fleet, random }: World, names: readonly string[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const name of names) if (random.chance(fleet.isPresent(name) ? 0.05 : 0.5)) await fleet.toggle(name);
    await fleet.commit();
    await fleet.converged();
  }
}

/** Passes that are asked for and find nothing to do. */
async function runRoutine({ bed, fleet, server }: World): Promise<Holdings[]> {
  const measured: Holdings[] = [];
  for (let part = 0; part < measurements; part++) {
    for (let batch = 0; batch < batches; batch++) await requestPasses(bed, fleet);
    measured.push(await server.measure());
  }
  return measured;
}

let requests = 0;

async function requestPasses({ kube, kustomizations }: Bed, { namespace, apps }: Fleet): Promise<void> {
  for (let count = 0; count < requestsAtOnce; count++) {
    const value = `soak-${requests++}`;
    const metadata = { annotations: { "reconcile.fluxcd.io/requestedAt": value } };
    await Promise.all(
      apps.map(async (name) => {
        await kube.patch({ group: kustomizeGroup, kind: "Kustomization", namespace, name }, "merge", { metadata });
        await kustomizations.until(namespace, name, (one) => one?.status?.lastHandledReconcileAt === value);
      }),
    );
  }
}

function chooseFault(random: Random): Fault {
  if (!random.chance(faultChance)) return "pass";
  return random.pick<Fault>([
    "cut",
    "lose",
    { delayMs: 50 },
    { status: 503, reason: "ServiceUnavailable" },
    { status: 429, reason: "TooManyRequests", retryAfterSeconds: 0 },
  ]);
}

function tell(report: Report, name: string, measured: readonly Holdings[], allowance: Allowance): void {
  const [first, last] = [measured[0], measured.at(-1)];
  const told = (member: "heapBytes" | "bufferBytes"): string =>
    measured.map((each) => (each[member] / mib).toFixed(1)).join(" ");
  const passes = (last?.passes ?? 0) - (first?.passes ?? 0);
  report.note(
    `${name}: ${passes} passes; heap in MiB ${told("heapBytes")}, Buffers ${told("bufferBytes")}; ${last?.descriptors} files, ${last?.resources} resources`,
  );
  const growth = passes > 0 ? findGrowth(measured, allowance) : ["no pass was made"];
  if (growth.length === 0) report.pass(`${name}: memory, files and timers do not grow`);
  else report.fail(`${name}: memory, files and timers do not grow`, growth.join("; "));
}
