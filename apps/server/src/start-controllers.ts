import { startHelmController, type HelmReleaseSettings } from "@eddy/helm-controller";
import { startKustomizeController, type KustomizationSettings } from "@eddy/kustomize-controller";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import type { ControllerEnvironment, ControllerHandle } from "@eddy/runtime/controller";
import { startSourceControllers } from "@eddy/source-controller";
import type { ServerOptions } from "./options.ts";

/** What controllers need besides the environment. */
export interface ControllerParts {
  artifacts: ArtifactStore;
  options: ServerOptions;
  kustomizations: Partial<KustomizationSettings>;
  helmReleases: Partial<HelmReleaseSettings>;
}

/** Starts every controller; a new one is one line here. */
export function startControllers(
  environment: ControllerEnvironment,
  { artifacts, options, kustomizations, helmReleases }: ControllerParts,
): Map<string, ControllerHandle> {
  const gitCache = options.gitCachePath ? { gitCacheDir: options.gitCachePath } : {};
  return new Map([
    ...startSourceControllers(environment, { artifacts, ssh: sshOptions(options), ...gitCache }),
    ["Kustomization", startKustomizeController(environment, { artifacts, settings: kustomizations })],
    ["HelmRelease", startHelmController(environment, { artifacts, settings: helmReleases })],
  ]);
}

function sshOptions({ sshKexAlgos = [], sshHostkeyAlgos = [] }: ServerOptions): {
  kexAlgorithms?: string;
  hostKeyAlgorithms?: string;
} {
  return {
    ...(sshKexAlgos.length === 0 ? {} : { kexAlgorithms: sshKexAlgos.join(",") }),
    ...(sshHostkeyAlgos.length === 0 ? {} : { hostKeyAlgorithms: sshHostkeyAlgos.join(",") }),
  };
}
