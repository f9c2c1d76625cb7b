/**
 * The outside world on a laptop, in one process: an API server whose workloads become ready, and a Git server with a
 * sample repository.
 *
 * Not the controllers: `eddy up` starts those beside it. Entry point: {@link startPlayground}.
 */
export { startPlayground, type Playground, type PlaygroundOptions } from "./playground.ts";
export { loadSample } from "./sample.ts";
