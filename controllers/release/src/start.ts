import { releaseKind } from "@eddy/api";
import { startWhenUsed, type ControllerEnvironment, type ControllerHandle } from "@eddy/runtime/controller";
import type { ReleaseControllerOptions } from "./start-releases.ts";

/** Runs Releases until stopped; their code is loaded with the first one. */
export function startReleaseController(
  environment: ControllerEnvironment,
  options: ReleaseControllerOptions = {},
): ControllerHandle {
  const load = async (): Promise<(full: ControllerEnvironment) => ControllerHandle> => {
    const { startReleases } = await import("./start-releases.ts");
    return (full) => startReleases(full, options);
  };
  return startWhenUsed(releaseKind, load, environment);
}
