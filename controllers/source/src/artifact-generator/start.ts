import { startController } from "@eddy/runtime/controller";
import type { StartSource } from "../source/start-source.ts";
import { artifactGeneratorController } from "./controller.ts";

/** Upstream's default of source-watcher's `--requeue-dependency`. */
const requeueDependencyMs = 5_000;

/** Runs ArtifactGenerators. */
export const startArtifactGenerators: StartSource = (environment, ports) => {
  const { noCrossNamespaceRefs } = environment.settings;
  const requeueMs = Math.min(requeueDependencyMs, ports.requeueDependencyMs);
  return startController(
    artifactGeneratorController,
    { ...ports, requeueDependencyMs: requeueMs, noCrossNamespaceRefs },
    environment,
  );
};
