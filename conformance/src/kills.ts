import { messageOf } from "@eddy/core/errors";
import { openBed, type Bed } from "./bad-input/bed.ts";
import { openFleet, type Fleet } from "./kills/fleet.ts";
import { incarnateHere, incarnateProcess, type Incarnate } from "./kills/incarnation.ts";
import { killManyTimes } from "./kills/kill-many-times.ts";
import { Random } from "./random.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite } from "./suite.ts";

/** So many are killed at least, however short the budget is. */
const fewestKills = 25;
const fewestProcessKills = 25;
/** A machine with other work may take long to start a process. */
const patienceMs = 60_000;
/** So many at most: a run with a long budget ends when this is done. */
const mostKills = 1_000;

/** Servers killed at random steps of their passes, each followed by the next, against the real kube-apiserver. */
export const suite: Suite = {
  name: "kills",
  summary: "servers killed at each step of a pass, up to 1,000 times: nothing orphaned, nothing lost, always converges",
  async run(report, { seed, budgetMs }) {
    const plane = await startRealControlPlane();
    if (!plane) {
      report.skip("all cases", "the real control plane is not built: npm run upstream");
      return;
    }
    const bed = await openBed(plane.kubeconfig, { patienceMs });
    const fleet = await openFleet(bed, { patienceMs });
    try {
      const world = { bed, fleet, random: new Random(seed), report };
      await runKills(world, "processes killed by SIGKILL", incarnateProcess, until(fewestProcessKills, 0));
      await runKills(world, "servers cut off at a request", incarnateHere, until(fewestKills, budgetMs));
    } finally {
      fleet.stop();
      await bed.close();
      await plane.stop();
    }
  },
};

interface World {
  bed: Bed;
  fleet: Fleet;
  random: Random;
  report: Report;
}

async function runKills(
  { bed, report, ...world }: World,
  name: string,
  incarnate: Incarnate,
  isOver: (kills: number) => boolean,
): Promise<void> {
  try {
    const { killed, finished, points } = await killManyTimes(bed, { ...world, incarnate, isOver });
    report.note(
      `${name}: ${killed} in the middle of their work, at ${new Set(points).size} points; ${finished} after it`,
    );
    report.pass(name);
  } catch (error) {
    report.fail(name, messageOf(error));
  }
}

function until(fewest: number, budgetMs: number): (kills: number) => boolean {
  const startMs = performance.now();
  return (kills) => kills >= mostKills || (kills >= fewest && performance.now() - startMs > budgetMs);
}
