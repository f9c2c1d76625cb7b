import { type Clock, systemClock } from "@eddy/core/clock";
import {
  type Chart,
  decideChart,
  defaultRenderBudget,
  HelmError,
  type RenderBudget,
  type RenderedRelease,
  sortRelease,
} from "@eddy/helm";
import { determineRenderPlace } from "./determine-render-place.ts";
import { type lookupKey, renderJob } from "./render-job.ts";
import type {
  LookedUpObject,
  LookupObject,
  RenderAnswer,
  RenderChartRequest,
  RenderFailure,
  RenderJob,
} from "./render-request.ts";
import { WorkerPool } from "./worker-pool.ts";

/** Renders charts so that none of them stops the loop. */
export interface ChartRenderer {
  /**
   * Renders a chart: here if that is short, in a worker otherwise.
   * @throws HelmError (terminal) with Helm's message; code HELM_BUDGET where time, memory or steps ran out, naming the template
   */
  render(chart: Chart, request: RenderChartRequest): Promise<RenderedRelease>;
  /** Ends all workers; what they render fails. */
  close(): Promise<void>;
}

/** Options of {@link createChartRenderer}. */
export interface ChartRendererOptions {
  /** Threads at most; 2 unless given. They start when they are first needed. */
  maxWorkers?: number;
  /** Milliseconds for one render in a worker; 10,000 unless given. */
  timeoutMs?: number;
  /** Heap of one worker; 512 unless given. */
  maxMemoryMb?: number;
  /** Steps and bytes of one render in a worker. */
  budget?: Partial<RenderBudget>;
  /** Always render in a worker. */
  alwaysWorker?: boolean;
  clock?: Clock;
}

/** What a render here may take before it is done in a worker instead: some ten milliseconds. */
const hereBudget: RenderBudget = { maxSteps: 50_000, maxOutputBytes: 8 * 1024 ** 2, deadlineMs: 40 };

/** How often templates may look up what they have not looked up before. */
const maxRounds = 20;

/** What is remembered of a chart. */
interface ChartMemory {
  readonly id: number;
  readonly templateBytes: number;
  cpuMs: number[];
  wasStopped: boolean;
}

/** A renderer without workers yet. */
export function createChartRenderer(options: ChartRendererOptions = {}): ChartRenderer {
  const { maxWorkers = 2, timeoutMs = 10_000, maxMemoryMb = 512, clock = systemClock, alwaysWorker = false } = options;
  const pool = new WorkerPool({ maxWorkers, timeoutMs, maxMemoryMb }, clock);
  const memories = new WeakMap<Chart, ChartMemory>();
  let sequence = 0;
  const memoryOf = (chart: Chart): ChartMemory => {
    let memory = memories.get(chart);
    if (memory === undefined) {
      memory = { id: ++sequence, templateBytes: templateBytesOf(chart), cpuMs: [], wasStopped: false };
      memories.set(chart, memory);
    }
    return memory;
  };
  const budget: RenderBudget = { ...defaultRenderBudget, deadlineMs: timeoutMs, ...options.budget };

  async function answerOf(chart: Chart, job: Omit<RenderJob, "budget">, signal?: AbortSignal): Promise<RenderAnswer> {
    const memory = memoryOf(chart);
    if (!alwaysWorker && determineRenderPlace(memory) === "here") {
      const [startMs, startCpu] = [performance.now(), process.threadCpuUsage()];
      const answer = renderJob(chart, { ...job, budget: hereBudget });
      const { user, system } = process.threadCpuUsage(startCpu);
      memory.cpuMs = [...memory.cpuMs.slice(-1), (user + system) / 1_000];
      if (answer.kind !== "failed" || answer.error.code !== "HELM_BUDGET") return answer;
      memory.wasStopped = performance.now() - startMs < hereBudget.deadlineMs;
    }
    return pool.render(chart, memory.id, { ...job, budget }, signal);
  }

  return {
    async render(chart, request) {
      const { lookup, signal, postRenderer: _, postRenderStrategy: __, ...rest } = request;
      const found = new Map<string, LookedUpObject | undefined>();
      for (let round = 0; round < maxRounds; round++) {
        signal?.throwIfAborted();
        const answer = await answerOf(chart, { ...rest, ...(lookup === undefined ? {} : { found }) }, signal);
        if (answer.kind === "failed") throw errorOf(answer.error);
        if (answer.kind === "missing") {
          await lookUpAll(answer.lookups, lookup as LookupObject, found);
          continue;
        }
        return sortRelease({ ...decideChart(chart, rest), ...answer }, { ...rest, ...postRendering(request) });
      }
      throw new HelmError(`render the chart: its templates look up something else ${maxRounds} times`);
    },
    close: () => pool.close(),
  };
}

function postRendering(request: RenderChartRequest): Pick<RenderChartRequest, "postRenderer" | "postRenderStrategy"> {
  const { postRenderer, postRenderStrategy } = request;
  return {
    ...(postRenderer === undefined ? {} : { postRenderer }),
    ...(postRenderStrategy === undefined ? {} : { postRenderStrategy }),
  };
}

async function lookUpAll(
  keys: readonly string[],
  lookup: LookupObject,
  found: Map<string, LookedUpObject | undefined>,
): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      const [apiVersion, kind, namespace, name] = JSON.parse(key) as Parameters<typeof lookupKey>;
      found.set(key, await lookup(apiVersion, kind, namespace, name));
    }),
  );
}

function errorOf({ code, message, position }: RenderFailure): HelmError {
  return new HelmError(message, { code, ...(position === undefined ? {} : { position }) });
}

function templateBytesOf(chart: Chart): number {
  const own = chart.templates.reduce((total, { data }) => total + data.length, 0);
  return chart.dependencies.reduce((total, dependency) => total + templateBytesOf(dependency), own);
}
