/**
 * Renders Helm charts off the main thread when that pays, under budgets of time, memory and steps, so that one poisoned chart never
 * stops the loop.
 *
 * Not an engine (`@eddy/helm` is) and not a client: what templates look up, the caller fetches. Entry point:
 * {@link createChartRenderer}.
 */
export { type ChartRenderer, type ChartRendererOptions, createChartRenderer } from "./chart-renderer.ts";
export { determineRenderPlace, type RenderObservation, type RenderPlace } from "./determine-render-place.ts";
export { createPooledRenderer, lookupIn, type PooledRendererOptions } from "./pooled-renderer.ts";
export type { LookedUpObject, LookupObject, RenderChartRequest } from "./render-request.ts";
