/** Where a chart is rendered. */
export type RenderPlace = "here" | "worker";

/** What is known of a chart before it is rendered. */
export interface RenderObservation {
  /** Bytes of all templates, those of dependencies included. */
  readonly templateBytes: number;
  /** What rendering it here took the last times, in milliseconds of this thread, latest last; what ran out of time counts too. */
  readonly cpuMs: readonly number[];
  /** It was stopped here because it took too many steps or bytes. */
  readonly wasStopped: boolean;
}

/** A chart with more than this is parsed and rendered elsewhere from the start: it takes more than a frame of the loop. */
const maxTemplateBytes = 192 * 1024;
/** Handing a chart to a worker and taking its texts back takes a few milliseconds; see docs/decisions. */
const maxMs = 15;
/** The first render of a chart, and the first of a process, takes several times as long as those that follow. */
const slowInARow = 2;

/** Short renders happen here, under a small budget; what has shown to be longer happens in a worker. */
export function determineRenderPlace({ templateBytes, cpuMs, wasStopped }: RenderObservation): RenderPlace {
  if (wasStopped || templateBytes > maxTemplateBytes) return "worker";
  const last = cpuMs.slice(-slowInARow);
  return last.length === slowInARow && last.every((each) => each > maxMs) ? "worker" : "here";
}
