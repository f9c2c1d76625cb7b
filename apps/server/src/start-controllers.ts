import { startKustomizeController } from "@eddy/kustomize-controller";
import type { ArtifactStore } from "@eddy/runtime/artifact";
import type { ControllerEnvironment, ControllerHandle } from "@eddy/runtime/controller";
import { startSourceController } from "@eddy/source-controller";
import type { ServerOptions } from "./options.ts";

/** What controllers share besides the environment. */
export interface SharedParts {
  artifacts: ArtifactStore;
  options: ServerOptions;
}

/** Starts every controller; a new one is one line here. */
export function startControllers(
  environment: ControllerEnvironment,
  { artifacts, options }: SharedParts,
): Map<string, ControllerHandle> {
  return new Map([
    ["GitRepository", startSourceController(environment, { artifacts })],
    [
      "Kustomization",
      startKustomizeController(environment, {
        artifacts,
        settings: {
          noCrossNamespaceRefs: options.noCrossNamespaceRefs ?? false,
          defaultServiceAccount: options.defaultServiceAccount ?? "",
          requeueDependencyMs: environment.settings.requeueDependencyMs,
        },
      }),
    ],
  ]);
}
