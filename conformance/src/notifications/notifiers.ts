import { createServer, type AddressInfo } from "node:net";
import { delay, systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import { startNotificationController } from "@eddy/notification-controller";
import { createCaches, defaultSettings } from "@eddy/runtime/controller";
import { createEventBus } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startFluxController } from "../start-flux-controller.ts";

/** One of the two controllers. */
export interface Notifier {
  eventsUrl: string;
  webhooksUrl: string;
  /** Resolves when everything is sent, where that can be asked. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Ours, in this process. */
export async function startOurs(kube: KubeClient): Promise<Notifier> {
  const environment = { kube, clock: systemClock, logger: silentLogger };
  const caches = createCaches({ ...environment, namespace: "" });
  const bus = createEventBus(() => undefined);
  const rest = { events: bus, metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5 };
  const endpoint = { port: 0, host: "127.0.0.1" };
  const handle = startNotificationController(
    { ...environment, ...rest, caches, settings: defaultSettings },
    { bus, events: endpoint, webhooks: endpoint },
  );
  const { eventsPort, webhooksPort } = await handle.listening;
  await handle.started;
  return {
    eventsUrl: `http://127.0.0.1:${eventsPort}/`,
    webhooksUrl: `http://127.0.0.1:${webhooksPort}`,
    idle: () => handle.idle(),
    async stop() {
      await handle.stop();
      caches.close();
    },
  };
}

/** The original, as a program; its log is `log` in the folder. */
export async function startTheirs(program: string, kubeconfig: string, folder: string): Promise<Notifier> {
  const [events = 0, webhooks = 0] = await freePorts(2);
  const flags = [`--events-addr=127.0.0.1:${events}`, `--receiverAddr=127.0.0.1:${webhooks}`];
  const controller = startFluxController(program, { kubeconfig, folder, flags: [...flags, "--log-level=info"] });
  const webhooksUrl = `http://127.0.0.1:${webhooks}`;
  await listening(webhooksUrl, () => controller.hasEnded());
  return {
    eventsUrl: `http://127.0.0.1:${events}/`,
    webhooksUrl,
    idle: async () => undefined,
    stop: () => controller.stop(),
  };
}

async function listening(url: string, hasEnded: () => boolean): Promise<void> {
  for (const end = performance.now() + 90_000; performance.now() < end; await delay(systemClock, 100)) {
    if (hasEnded()) throw new Error("notification-controller ended before it listened");
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
  }
  throw new Error("notification-controller does not listen");
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
