import { releaseKind } from "@eddy/api";
import {
  startWhenMarked,
  startWhenUsed,
  type ControllerEnvironment,
  type ControllerHandle,
  type MarkedObjects,
} from "@eddy/runtime/controller";
import type { ReleaseControllerOptions } from "./start-releases.ts";
import { workloadKinds } from "./workload/workload-kinds.ts";

/** What is applied first does not wait for annotations to be looked for. */
const watchAfterMs = 1_000;

/**
 * Runs Releases, and the automation of workloads that Flux v1's annotations automate, by the name of their handles; the code of either
 * is loaded when there is one.
 */
export function startReleaseControllers(
  environment: ControllerEnvironment,
  options: ReleaseControllerOptions = {},
): Map<string, ControllerHandle> {
  const loadReleases = async (): Promise<(full: ControllerEnvironment) => ControllerHandle> => {
    const { startReleases } = await import("./start-releases.ts");
    return (full) => startReleases(full, options);
  };
  const marks = {
    name: "automation",
    kinds: workloadKinds,
    prefixes: ["fluxcd.io/automated", "flux.weave.works/automated"],
    afterMs: watchAfterMs,
  };
  const loadAutomation = async (): Promise<
    (full: ControllerEnvironment, marked: MarkedObjects) => ControllerHandle
  > => {
    const { startAutomation } = await import("./automation/start-automation.ts");
    return (full, marked) => startAutomation(full, marked, options);
  };
  return new Map([
    ["Release", startWhenUsed(releaseKind, loadReleases, environment)],
    ["Automation", startWhenMarked(marks, loadAutomation, environment)],
  ]);
}
