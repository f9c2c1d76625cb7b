/** Composes the parts into a running server. */
import { EddyError } from "@eddy/core/errors";
import type { ControlPlane, ControlPlaneOptions } from "./options.ts";

/** Starts an API server and resolves when it answers. */
export function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  return Promise.reject(new EddyError("NOT_BUILT", `start the control plane on port ${options.port ?? 0}: not built yet`, { class: "terminal" }));
}
