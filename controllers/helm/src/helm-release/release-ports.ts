import { helmControllerName, type HelmRelease } from "@eddy/api";
import type { Release, ReleasePorts } from "@eddy/runtime/helm";
import { observeStorage } from "@eddy/runtime/helm";
import type { LogBuffer } from "./log-buffer.ts";
import type { ReleasePass } from "./release-pass.ts";
import { createReleaseRenderer } from "./render-release.ts";
import { createReleaseWaiter } from "./waiter.ts";

/** What an action hears of while it works. */
export interface ActionObserver {
  log: LogBuffer;
  /** A revision was created or updated in storage. */
  onRelease(release: Release): void;
  signal: AbortSignal;
}

/** The world of one action of a pass. */
export function releasePorts(
  pass: Pick<ReleasePass, "run" | "object" | "cluster" | "storage" | "customStatusOf" | "ports">,
  { log, onRelease, signal }: ActionObserver,
): ReleasePorts {
  const { run, object, cluster, storage, customStatusOf, ports } = pass;
  const { clock, masker, settings } = ports;
  const isLegacy = waitStrategyOf(object, settings.helm3Defaults) === "legacy";
  return {
    kube: cluster.kube,
    clock,
    signal,
    fieldManager: helmControllerName,
    statusSource: cluster.statuses,
    render: createReleaseRenderer(object, { kube: cluster.kube, renderer: ports.renderer, settings }),
    ...(isLegacy
      ? {}
      : { waiterOf: (strategy) => createReleaseWaiter(strategy, { run, cluster, clock, customStatusOf }) }),
    storage: observeStorage(storage, ({ verb, release }) => {
      if (verb !== "delete") onRelease(release as Release);
    }),
    onLog(line) {
      const text = masker.of(object.metadata.namespace).mask(line);
      log.add(text);
      run.logger.log("debug", text);
    },
  };
}

/** How an action waits: Helm 3's rules or kstatus. */
export function waitStrategyOf({ spec }: Pick<HelmRelease, "spec">, helm3Defaults: boolean): "legacy" | "watcher" {
  const name = spec.waitStrategy?.name ?? (helm3Defaults ? "legacy" : "poller");
  return name === "legacy" ? "legacy" : "watcher";
}
