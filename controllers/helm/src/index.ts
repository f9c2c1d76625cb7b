/**
 * Controllers of helm.toolkit.fluxcd.io: HelmReleases are installed, upgraded, tested, put right when that fails, and uninstalled.
 *
 * Not the rendering (`@eddy/helm`) and not the life of a Helm release (`@eddy/runtime/helm`). Entry point:
 * {@link startHelmController}.
 */
export { startHelmController, type HelmControllerOptions } from "./start.ts";
export { helmReleaseController } from "./helm-release/controller.ts";
export { defaultHelmReleaseSettings, type HelmReleaseSettings } from "./helm-release/ports.ts";
export { loadValues } from "./helm-release/load-values.ts";
