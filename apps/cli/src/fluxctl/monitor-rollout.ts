import { delay } from "@eddy/core/clock";
import { listWorkloads, readRollout, type Workload } from "@eddy/release-controller";
import type { CommandContext } from "../command/context.ts";
import { headingOf, type Noun } from "./era.ts";
import { formatTabTable } from "./tab-table.ts";

const lookAgainMs = 2_000;

/** Prints how far the rollout of workloads is, every two seconds, until all are ready or the signal aborts. Source: fluxctl `--watch`. */
export async function monitorRollout(
  namespace: string,
  ids: readonly string[],
  { noun, isVerbose, signal }: { noun: Noun; isVerbose: boolean; signal: AbortSignal },
  context: CommandContext,
): Promise<void> {
  const kube = await context.kube();
  while (!signal.aborted) {
    const workloads = (await listWorkloads(kube, namespace)).filter(({ id }) => ids.includes(id));
    const now = new Date(context.clock.now());
    if (signal.aborted) return;
    context.print(formatRollout(workloads, { noun, isVerbose }, now));
    if (workloads.every(({ object }) => readRollout(object, now).status === "ready")) return;
    await delay(context.clock, lookAgainMs);
  }
}

/** The table: `updated/desired`, and with `isVerbose` how many are outdated and ready. */
export function formatRollout(
  workloads: readonly Workload[],
  { noun, isVerbose }: { noun: Noun; isVerbose: boolean },
  now: Date,
): string {
  const rows = workloads.flatMap(({ id, object, containers }) => {
    const { status, replicas } = readRollout(object, now);
    const more = isVerbose && replicas ? ` (${replicas.outdated} outdated, ${replicas.ready} ready)` : "";
    const count = replicas ? `${replicas.updated}/${replicas.desired}${more}` : "";
    const [first, ...others] = containers;
    return [
      [id, first?.name ?? "", first?.image ?? "", status, count],
      ...others.map(({ name, image }) => ["", name, image, "", ""]),
    ];
  });
  return formatTabTable([[headingOf(noun), "CONTAINER", "IMAGE", "RELEASE", "REPLICAS"], ...rows]);
}
