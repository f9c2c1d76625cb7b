/**
 * What Kustomizations must do on any API server: the same scenarios on the embedded and on a real control plane.
 *
 * Not unit tests. Entry points: {@link scenarios} and {@link createWorld}.
 */
import { applyScenarios } from "./apply-scenarios.ts";
import { lifecycleScenarios } from "./lifecycle-scenarios.ts";
import type { Scenario } from "./scenario.ts";

export type { Scenario } from "./scenario.ts";
export { createWorld, type World, type WorldOptions } from "./world.ts";

/** Every scenario; each wants a world of its own. */
export const scenarios: readonly Scenario[] = [...applyScenarios, ...lifecycleScenarios];
