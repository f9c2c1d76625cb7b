import { notificationGroup, type Alert, type Provider, type Receiver } from "@eddy/api";
import { createCloudLogin } from "@eddy/cloud";
import { messageOf } from "@eddy/core/errors";
import { createHttpClient } from "@eddy/http";
import { startController, type ControllerEnvironment, type ControllerHandle } from "@eddy/runtime/controller";
import { createDataStore } from "@eddy/runtime/data";
import type { EventBus } from "@eddy/runtime/events";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import { createDispatcher } from "./dispatch.ts";
import { fluxEventOf, type FluxEvent } from "./event/flux-event.ts";
import { createRateLimit } from "./event/limit-rate.ts";
import { startEventIntake } from "./intake.ts";
import { receiverController } from "./receiver/controller.ts";
import { createTokenVerifier } from "./webhook/token-verifier.ts";
import { startWebhookServer } from "./webhook/webhook-server.ts";

/** A port, with the address to listen on; absent: every address. Port 0 takes a free one. */
export interface Endpoint {
  port: number;
  host?: string | undefined;
}

/** What the notification controller needs besides the environment. */
export interface NotificationControllerOptions {
  /** Where the controllers of this process tell their events. */
  bus: Pick<EventBus, "subscribe">;
  /** `--events-addr`: for controllers of other processes; absent: none are taken. */
  events?: Endpoint;
  /** `--receiverAddr`: where webhooks are called; absent: none are. */
  webhooks?: Endpoint;
  /** The gate `ObjectLevelWorkloadIdentity`: Providers may name a ServiceAccount. */
  hasWorkloadIdentity?: boolean;
  /** Where Eddy runs, whose Secret `eddy-updates` says where updates by labels are told; absent: nowhere beside Alerts. */
  runtimeNamespace?: string;
  /** `--rate-limit-interval`, default 5 minutes. */
  rateLimitIntervalMs?: number;
}

/** A running controller, with the ports that it got. */
export interface NotificationHandle extends ControllerHandle {
  /** Resolves when its endpoints listen. */
  readonly listening: Promise<{ eventsPort: number | undefined; webhooksPort: number | undefined }>;
}

const defaultRateLimitMs = 300_000;

/** Runs Alerts, Providers and Receivers until stopped. */
export function startNotificationController(
  environment: ControllerEnvironment,
  options: NotificationControllerOptions,
): NotificationHandle {
  const { kube, caches, clock, logger, masker, settings, events } = environment;
  const { noCrossNamespaceRefs } = settings;
  const data = createDataStore({ kube, caches, masker });
  const providers = caches.of<Provider>({ group: notificationGroup, kind: "Provider", version: "v1beta3" });
  const login = createCloudLogin({
    clock,
    ...(options.hasWorkloadIdentity ? { serviceAccounts: createServiceAccounts(kube) } : {}),
    onSecret: (secret) => masker.register(secret),
  });
  const dispatcher = createDispatcher({
    kube,
    clock,
    logger,
    masker,
    events,
    data,
    noCrossNamespaceRefs,
    hasWorkloadIdentity: options.hasWorkloadIdentity ?? false,
    alerts: caches.of<Alert>({ group: notificationGroup, kind: "Alert", version: "v1beta3" }),
    providers,
    login,
    rateLimit: createRateLimit(clock, options.rateLimitIntervalMs ?? defaultRateLimitMs),
  });
  const { runtimeNamespace } = options;
  const chats = createDataStore({ kube, caches });
  const tell = async (event: FluxEvent, signal: AbortSignal): Promise<void> => {
    const { tellUpdate } = await import("./updates/tell-updates.ts");
    await tellUpdate(
      event,
      { clock, logger, masker, data, chats, login, providers, runtimeNamespace: runtimeNamespace ?? "" },
      signal,
    );
  };
  const unsubscribe = options.bus.subscribe((event) => {
    // An alert's own warnings are nobody's news: they would go round.
    if (event.severity === "trace" || event.involvedObject.group === notificationGroup) return;
    // Only of this process: who posts events could write into every channel.
    const isUpdate = runtimeNamespace !== undefined && event.reportingController === "updates-controller";
    if (isUpdate || dispatcher.hasAlerts()) dispatcher.take(fluxEventOf(event), isUpdate ? tell : undefined);
  });
  const handle = startController(receiverController, { data }, environment);
  const http = createHttpClient({ clock });
  const intake =
    options.events && startEventIntake({ ...options.events, logger, take: (event) => dispatcher.take(event) });
  const webhooks =
    options.webhooks &&
    startWebhookServer({
      ...options.webhooks,
      kube,
      clock,
      logger,
      noCrossNamespaceRefs,
      data,
      receivers: caches.of<Receiver>({ group: notificationGroup, kind: "Receiver", version: "v1" }),
      tokens: createTokenVerifier(http, clock),
    });
  const listening = Promise.all([intake, webhooks]).then(([first, second]) => ({
    eventsPort: first?.port,
    webhooksPort: second?.port,
  }));
  listening.catch((error: unknown) =>
    logger.log("error", "listen for events and webhooks failed: choose others with --events-addr and --receiver-addr", {
      error: messageOf(error),
    }),
  );
  const started = Promise.all([handle.started, listening]).then(() => undefined);
  // Told above; who waits for the start hears of it too, and nobody has to.
  started.catch(() => undefined);
  return {
    started,
    listening,
    request: (...args) => handle.request(...args),
    async idle() {
      await handle.idle();
      await dispatcher.idle();
    },
    async stop() {
      unsubscribe();
      const [first, second] = await Promise.allSettled([intake, webhooks]);
      if (first.status === "fulfilled") await first.value?.stop();
      if (second.status === "fulfilled") await second.value?.stop();
      dispatcher.stop();
      await dispatcher.idle();
      http.close();
      await handle.stop();
    },
  };
}
