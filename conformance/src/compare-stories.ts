import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { connect, parseKubeconfig, resolveContext, type ObjectKey } from "@eddy/kube";
import { createArtifactServer, createArtifactStore, type ArtifactStore } from "@eddy/runtime/artifact";
import {
  createCaches,
  defaultSettings,
  type ControllerEnvironment,
  type ControllerHandle,
} from "@eddy/runtime/controller";
import { createEventBus, recordEvents } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startRealControlPlane, type RealControlPlane } from "./real-control-plane.ts";
import { serveKinds } from "./serve-kinds.ts";
import { sideLabel, type Reconciled, type SideHand, type SideName, type Stage } from "./side-hand.ts";
import { startFluxController } from "./start-flux-controller.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { compareSeen, type ComparedCase } from "./tell-difference.ts";
import { upstreamProgram } from "./upstream.ts";

/** What is done on both sides, and looked at after each step. */
export interface Story<H> extends ComparedCase {
  steps: readonly ((hand: H) => Promise<void>)[];
  /** Objects that are looked at besides those that the status lists. */
  beside?: readonly (Partial<ObjectKey> & Pick<ObjectKey, "kind" | "name">)[];
}

/** Two controllers, and what is done to the objects of both. */
export interface Comparison<H> {
  name: string;
  summary: string;
  /** The original. */
  program: string;
  /** The group whose kinds are served, besides sources. */
  group: string;
  start(environment: ControllerEnvironment, artifacts: ArtifactStore): ControllerHandle;
  hand(stage: Stage, side: SideName, number: number): H;
  stories: readonly Story<H>[];
}

/** Stories that are told at the same time. */
const concurrency = 4;

/** A suite that tells stories to a controller of Flux's and to ours, on one real kube-apiserver, and compares what is to be seen. */
export function compareStories<H extends SideHand<Reconciled>>(comparison: Comparison<H>): Suite {
  const { name, summary, program: original } = comparison;
  return {
    name,
    summary,
    async run(report: Report, options: SuiteOptions) {
      const program = upstreamProgram(options, original);
      const plane = program && (await startRealControlPlane({ upstreamBin: options.upstreamBin ?? "" }));
      if (!program || !plane)
        return report.skip("all cases", `${original} or the real control plane is not built: npm run upstream`);
      const folder = mkdtempSync(join(tmpdir(), `eddy-${name}-`));
      try {
        await onPlane(comparison, { program, plane, folder, report, options });
      } finally {
        await plane.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

interface Place {
  program: string;
  plane: RealControlPlane;
  folder: string;
  report: Report;
  options: SuiteOptions;
}

async function onPlane<H extends SideHand<Reconciled>>(
  comparison: Comparison<H>,
  { program, plane, folder, report, options }: Place,
): Promise<void> {
  const storagePath = join(folder, "storage");
  const server = await createArtifactServer({ storagePath, port: 0, host: "127.0.0.1" });
  const artifacts = createArtifactStore({ storagePath, advertisedAddress: `127.0.0.1:${server.port}` });
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const stage: Stage = { kube, artifacts };
  const { group } = comparison;
  await serveKinds(
    kube,
    kinds.filter((kind) => kind.group === group || kind.group.startsWith("source.")),
  );
  const flags = [`--watch-label-selector=${sideLabel}=theirs`, "--interval-jitter-percentage=0"];
  const theirs = startFluxController(program, {
    kubeconfig: plane.kubeconfig,
    folder: join(folder, "theirs"),
    flags,
  });
  const stopOurs = await startOurs(comparison, stage);
  try {
    await tellAll(comparison, stage, report, options);
  } catch (error) {
    const log = readFileSync(join(folder, "theirs/log"), "utf8").slice(-2_000);
    report.fail(comparison.name, `${messageOf(error)}\n${log}`);
  } finally {
    await theirs.stop();
    await stopOurs();
    kube.close();
    await server.stop();
  }
}

async function startOurs<H>({ start }: Comparison<H>, { kube, artifacts }: Stage): Promise<() => Promise<void>> {
  const environment = { kube, clock: systemClock, logger: silentLogger };
  const caches = createCaches({ ...environment, namespace: "" });
  const events = createEventBus(() => undefined);
  const recorder = recordEvents(events, { ...environment, delayMs: 10, repeatEveryMs: 10 });
  const settings = { ...defaultSettings, labelSelector: `${sideLabel}=ours`, intervalJitterPercentage: 0 };
  const rest = { metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5, settings };
  const handle = start({ ...environment, ...rest, caches, events }, artifacts);
  await handle.started;
  return async () => {
    await handle.stop();
    recorder.stop();
    caches.close();
  };
}

async function tellAll<H extends SideHand<Reconciled>>(
  { stories, hand }: Comparison<H>,
  stage: Stage,
  report: Report,
  { filter = "" }: SuiteOptions,
): Promise<void> {
  const queue = [...stories.entries()].filter(([, { name }]) => name.includes(filter));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [number, story] = next;
      const told = (side: SideName): Promise<unknown> => observe(story, hand(stage, side, number));
      await compareSeen(report, story, [told("theirs"), told("ours")]);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

/**
 * What is seen after each step, and what was told in the end.
 * @throws when a step comes to no end, with what was to be seen then
 */
async function observe<H extends SideHand<Reconciled>>({ steps, beside = [] }: Story<H>, hand: H): Promise<unknown> {
  const seen: unknown[] = [];
  let done = 0;
  try {
    await hand.open();
    for (const step of steps) {
      await step(hand);
      done++;
      seen.push(await hand.look(), ...(await Promise.all(beside.map((ref) => hand.lookAt(ref)))));
    }
    seen.push(await hand.told());
    return seen;
  } catch (cause) {
    const last = JSON.stringify(await hand.look(), null, 1);
    throw new Error(`after ${done} steps: ${messageOf(cause)}: ${last}`, { cause });
  }
}
