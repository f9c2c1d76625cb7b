/**
 * The outside world on a laptop, in one process: an API server whose workloads become ready, a Git server with a sample
 * repository, and a chart repository and a registry with the charts that the sample releases.
 *
 * Not the controllers: `eddy up` starts those beside it. Entry point: {@link startPlayground}.
 */
export { startPlayground, type Playground, type PlaygroundOptions } from "./playground.ts";
export { loadSample } from "./sample.ts";
export { startSampleCharts, type SampleCharts } from "./sample-charts.ts";
