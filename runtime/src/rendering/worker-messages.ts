import type { Chart } from "@eddy/helm";
import type { RenderAnswer, RenderJob } from "./render-request.ts";

/** What a worker is asked. A chart is sent once, and known by its number afterwards. */
export interface WorkerQuestion {
  readonly id: number;
  readonly chart: { readonly id: number; readonly content?: Chart };
  /** Charts that will not be asked for again. */
  readonly forget: readonly number[];
  readonly job: RenderJob;
}

/** What it says once it has loaded its program: from then on the time of a render counts. */
export const workerReady = "ready";

/** What it answers. */
export interface WorkerReply {
  readonly id: number;
  readonly answer: RenderAnswer;
}

/** Bytes of the memory in which a worker writes which template runs: a length, then text. */
export const progressBytes = 516;
