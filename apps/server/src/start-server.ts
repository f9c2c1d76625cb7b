import { systemClock, type Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { connect, type Fence, type KubeClient } from "@eddy/kube";
import { createArtifactStore } from "@eddy/runtime/artifact";
import { createEventBus, recordEvents } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { createControllerGroup, type ControllerGroup } from "./controller-group.ts";
import { startEndpoints } from "./endpoints.ts";
import { createFence } from "./fence.ts";
import { lead } from "./leadership.ts";
import { openLog } from "./open-log.ts";
import { openTracer } from "./open-tracer.ts";
import type { ServerOptions } from "./options.ts";
import { addProcessMetrics } from "./process-metrics.ts";
import type { Server } from "./server.ts";
import {
  artifactOptions,
  controllerSettings,
  helmReleaseSettings,
  kustomizationSettings,
  leaseSettings,
} from "./settings.ts";
import { startControllers } from "./start-controllers.ts";

/**
 * Starts everything and resolves when the sockets listen; see `Server.ready` for the first passes.
 * @throws EddyError LISTEN_FAILED, INVALID_ADDRESS, STORAGE_UNUSABLE, INVALID_SELECTOR, INVALID_OPTION (terminal).
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { clock = systemClock } = options;
  const settings = controllerSettings(options);
  const kustomizations = kustomizationSettings(options);
  const helmReleases = helmReleaseSettings(options);
  const { logger, logs, masker } = openLog(options, clock);
  const metrics = createMetricsRegistry();
  addProcessMetrics(metrics, clock.now());
  const events = createEventBus((error) => logger.log("error", "take an event failed", { error: messageOf(error) }));
  const tracer = await openTracer(options.env ?? {}, { clock, logger, masker });
  const lease = leaseSettings(options, settings.labelSelector);
  const fence = createFence();
  const kube = openClient(options, clock, logger, lease && fence.check);
  // What must go through without the lease: itself, and reports.
  const unfenced = lease ? openClient(options, clock, logger) : kube;

  let group: ControllerGroup | undefined;
  const notReady = (): string | undefined => (group?.state === "Starting" ? "reading caches" : undefined);
  const endpoints = await startEndpoints(options, { logs, metrics, notReady });
  const artifacts = createArtifactStore(artifactOptions(options, endpoints.artifacts.url, clock));
  const recorder = recordEvents(events, { kube: unfenced, clock, logger });
  const environment = {
    kube,
    clock,
    logger,
    events,
    metrics,
    masker,
    random: Math.random,
    settings,
    ...(tracer ? { tracer } : {}),
  };
  let updatesUrl: string | undefined;
  const controllers = createControllerGroup(environment, (full) =>
    startControllers(full, {
      artifacts,
      bus: events,
      options,
      kustomizations,
      helmReleases,
      onUpdatesListening(port) {
        updatesUrl = `http://127.0.0.1:${port}`;
      },
    }),
  );
  group = controllers;
  const { start } = controllers;
  const onCandidate = fence.guard;
  const stopLeading = lead({ kube: unfenced, clock, logger, lease, start, stop: controllers.stop, onCandidate });
  logger.log("info", "server started", { server: kube.server, artifacts: endpoints.artifacts.url });

  const stop = async (): Promise<void> => {
    await stopLeading();
    await controllers.close();
    await recorder.flush();
    recorder.stop();
    await tracer?.stop();
    await endpoints.stop();
    kube.close();
    unfenced.close();
  };
  let stopping: Promise<void> | undefined;
  return {
    kube,
    events,
    logs,
    artifactUrl: endpoints.artifacts.url,
    healthUrl: endpoints.health?.url,
    metricsUrl: endpoints.metrics?.url,
    get updatesUrl() {
      return updatesUrl;
    },
    get controllers() {
      return controllers.handles;
    },
    ready: controllers.ready,
    stop: () => (stopping ??= stop()),
  };
}

function openClient(options: ServerOptions, clock: Clock, log: Logger, fence?: Fence): KubeClient {
  const { kubeApiQps: qps, kubeApiBurst: burst = qps } = options;
  return connect(options.kubeConfig, {
    clock,
    log,
    ...(fence ? { fence } : {}),
    ...(qps === undefined || burst === undefined ? {} : { qps, burst }),
  });
}
