/**
 * Controllers of kustomize.toolkit.fluxcd.io: Kustomizations are built, applied, pruned and checked for health.
 *
 * Not the build (`@eddy/kustomize`) and not the apply engine (`@eddy/runtime/apply`). Entry point:
 * {@link startKustomizeController}.
 */
export { startKustomizeController, type KustomizeControllerOptions } from "./start.ts";
export { buildManifests, type BuiltManifests } from "./kustomization/build.ts";
export { loadVariables } from "./kustomization/load-variables.ts";
export { substituteManifests, type Manifest } from "./kustomization/substitute.ts";
export { kustomizationController } from "./kustomization/controller.ts";
export { defaultKustomizationSettings, type KustomizationSettings } from "./kustomization/ports.ts";
