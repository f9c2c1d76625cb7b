import type { MetricsRegistry } from "@eddy/runtime/metrics";
import { startArtifactEndpoint } from "./artifact-endpoint.ts";
import { healthHandler, type HealthSources } from "./health-handler.ts";
import { sendText, startEndpoint, type Endpoint } from "./http-endpoint.ts";
import type { ServerOptions } from "./options.ts";

/** Everything that listens. */
export interface Endpoints {
  artifacts: Endpoint;
  health: Endpoint | undefined;
  metrics: Endpoint | undefined;
  stop(): Promise<void>;
}

/**
 * Starts to listen; when one address is refused, what listens already is closed.
 * @throws EddyError LISTEN_FAILED, INVALID_ADDRESS, STORAGE_UNUSABLE (terminal).
 */
export async function startEndpoints(
  options: ServerOptions,
  sources: HealthSources & { metrics: MetricsRegistry },
): Promise<Endpoints> {
  const started: Endpoint[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(started.map((endpoint) => endpoint.stop())));
  const listen = async (starting: Promise<Endpoint>): Promise<Endpoint> => {
    const endpoint = await starting;
    started.push(endpoint);
    return endpoint;
  };
  const { storageAddr = ":9090", healthAddr = ":9440", metricsAddr = ":8080" } = options;
  try {
    return {
      artifacts: await listen(startArtifactEndpoint(options.storagePath, storageAddr)),
      health: healthAddr === "" ? undefined : await listen(startEndpoint(healthAddr, healthHandler(sources))),
      metrics: metricsAddr === "" ? undefined : await listen(startMetricsEndpoint(metricsAddr, sources.metrics)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startMetricsEndpoint(address: string, metrics: MetricsRegistry): Promise<Endpoint> {
  return startEndpoint(address, (path, _request, response) => {
    if (path.pathname !== "/metrics") return false;
    sendText(response, 200, metrics.render(), "text/plain; version=0.0.4; charset=utf-8");
    return true;
  });
}
