/** Where a chart is rendered. */
export type RenderPlace = "here" | "worker";

/** What is known of a chart before it is rendered. */
export interface RenderObservation {
  /** Bytes of all templates, those of dependencies included. */
  readonly templateBytes: number;
  /** How long rendering it here took the last time, in milliseconds; undefined before the first time. */
  readonly lastMs: number | undefined;
  /** It was stopped here because it took too many steps. */
  readonly wasStopped: boolean;
}

/** A chart with more than this is parsed and rendered elsewhere from the start: it takes more than a frame of the loop. */
const maxTemplateBytes = 192 * 1024;
/** Handing a chart to a worker and taking its texts back takes a few milliseconds; see docs/decisions. */
const maxMs = 15;

/** Short renders happen here, under a small budget; what has shown to be longer happens in a worker. */
export function determineRenderPlace({ templateBytes, lastMs, wasStopped }: RenderObservation): RenderPlace {
  if (wasStopped || templateBytes > maxTemplateBytes) return "worker";
  return lastMs !== undefined && lastMs > maxMs ? "worker" : "here";
}
