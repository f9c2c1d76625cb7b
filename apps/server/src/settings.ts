import { sha256 } from "@eddy/core/digest";
import { EddyError } from "@eddy/core/errors";
import { parseSelector } from "@eddy/core/labels";
import { defaultSettings, type ControllerSettings } from "@eddy/runtime/controller";
import type { ServerOptions } from "./options.ts";

/** The namespace of an installation unless it says otherwise. */
export const defaultNamespace = "flux-system";

/**
 * What the flags mean to every controller.
 * @throws EddyError INVALID_SELECTOR, INVALID_OPTION (terminal).
 */
export function controllerSettings(options: ServerOptions): ControllerSettings {
  const labelSelector = options.watchLabelSelector ?? "";
  parseSelector(labelSelector);
  const settings: ControllerSettings = {
    concurrent: options.concurrent ?? defaultSettings.concurrent,
    intervalJitterPercentage: options.intervalJitterPercentage ?? defaultSettings.intervalJitterPercentage,
    requeueDependencyMs: options.requeueDependencyMs ?? defaultSettings.requeueDependencyMs,
    minRetryDelayMs: options.minRetryDelayMs ?? defaultSettings.minRetryDelayMs,
    maxRetryDelayMs: options.maxRetryDelayMs ?? defaultSettings.maxRetryDelayMs,
    namespace: options.watchAllNamespaces === false ? (options.runtimeNamespace ?? defaultNamespace) : "",
    labelSelector,
    noCrossNamespaceRefs: options.noCrossNamespaceRefs ?? false,
  };
  if (settings.concurrent < 1) throw invalid("concurrent must be 1 or more");
  if (settings.intervalJitterPercentage < 0 || settings.intervalJitterPercentage > 100)
    throw invalid("interval jitter must be between 0 and 100");
  return settings;
}

/** Name of the Lease; processes that watch other labels have another one. Source: flux2.md 3.12. */
export function leaseName(watchLabelSelector: string): string {
  const name = "eddy-leader-election";
  return watchLabelSelector === "" ? name : `${name}-${sha256(watchLabelSelector).slice(0, 8)}`;
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_OPTION", message, { class: "terminal" });
}
