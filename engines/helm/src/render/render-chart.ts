import type { Chart } from "../chart/chart.ts";
import { HelmError } from "../error.ts";
import type { RenderedRelease, RenderOptions } from "./options.ts";

/**
 * Renders a chart as `helm template`, `install` and `upgrade` do.
 * @throws HelmError (terminal) with Helm's message, and template and line as far as known
 */
export function renderChart(_chart: Chart, _options: RenderOptions): RenderedRelease {
  throw new HelmError("render chart: the template engine is not wired in yet");
}
