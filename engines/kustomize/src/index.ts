/**
 * Kustomize in TypeScript: builds a directory of a file tree to objects and to text, byte for byte as upstream 5.8.2 does.
 *
 * Not a client and not a command: files come through `FileTree`, remote bases and charts through ports.
 * Entry points: {@link buildKustomization}, {@link overlayKustomization}.
 */
export { buildKustomization, kustomizeVersion } from "./build.ts";
export { parseRepositoryUrl, type RepositoryUrl } from "./load/repository-url.ts";
export { KustomizeError, type KustomizeErrorOptions } from "./error.ts";
export {
  type BuildLimits,
  type BuildOptions,
  type BuildOrder,
  type BuildResult,
  defaultBuildLimits,
  type HelmChartRenderer,
  type KustomizationOverlay,
  type OverlayImage,
  type OverlayPatch,
  type RemoteLoader,
  type Resource,
} from "./options.ts";
export { generateKustomization, overlayKustomization } from "./overlay.ts";
