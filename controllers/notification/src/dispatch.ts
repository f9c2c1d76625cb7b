import { notificationControllerName, notificationGroup, type Alert, type Provider } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Clock } from "@eddy/core/clock";
import { formatTime } from "@eddy/core/conditions";
import type { Logger } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import type { CloudLogin } from "@eddy/cloud";
import type { KubeClient } from "@eddy/kube";
import type { KindCache } from "@eddy/runtime/controller";
import type { DataStore } from "@eddy/runtime/data";
import type { EventSink } from "@eddy/runtime/events";
import { aborted } from "./aborted.ts";
import { combineMetadata, conflictMessage } from "./alert/combine-metadata.ts";
import { determineRoute } from "./alert/determine-route.ts";
import { matchAlert } from "./alert/match-alert.ts";
import { cleanMetadata, withoutToken } from "./event/clean-metadata.ts";
import { type FluxEvent, formatInvolvedObject } from "./event/flux-event.ts";
import type { RateLimit } from "./event/limit-rate.ts";
import { commitStatusOf } from "./provider/commit-status.ts";
import { loadDefinition } from "./provider/load-definition.ts";
import { loadSettings } from "./provider/load-settings.ts";
import { sendBy } from "./provider/send-by.ts";

/** What becomes of events. */
export interface Dispatcher {
  /**
   * False for an event that is held back as the same news as one before. Sending goes on by itself; `also` is told of it beside the
   * alerts, and never throws.
   */
  take(event: FluxEvent, also?: (event: FluxEvent, signal: AbortSignal) => Promise<void>): boolean;
  /** False when it is known that there is no Alert: an event need not even be put together then. */
  hasAlerts(): boolean;
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>;
  /** Ends what is being sent. */
  stop(): void;
}

/** What dispatching reaches the world through. */
export interface DispatcherOptions {
  kube: KubeClient;
  clock: Clock;
  logger: Logger;
  masker: Masker;
  /** For warnings about alerts. */
  events: EventSink;
  alerts: Pick<KindCache<Alert>, "list" | "synced">;
  providers: Pick<KindCache<Provider>, "get" | "synced">;
  data: DataStore;
  /** The gate `ObjectLevelWorkloadIdentity`. */
  hasWorkloadIdentity: boolean;
  login: CloudLogin;
  rateLimit: RateLimit;
  noCrossNamespaceRefs: boolean;
}

// Beyond this a service that hangs would collect messages without end: the oldest give up.
const maxUnderWay = 1_000;

/** Matches events with alerts and sends them. Nothing that goes wrong comes back to whoever reported the event. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const underWay = new Set<{ done: Promise<void>; abort: AbortController }>();
  let areAlertsKnown = false;
  options.alerts.synced.then(
    () => (areAlertsKnown = true),
    () => undefined,
  );
  const track = (start: (signal: AbortSignal) => Promise<void>): void => {
    const abort = new AbortController();
    const entry = { abort, done: Promise.resolve() };
    entry.done = start(abort.signal).finally(() => void underWay.delete(entry));
    underWay.add(entry);
    if (underWay.size > maxUnderWay)
      underWay.values().next().value?.abort.abort(new Error("too many notifications are waiting"));
  };
  const dispatch = async (event: FluxEvent, signal: AbortSignal): Promise<void> => {
    try {
      for (const alert of await matchingAlerts(event, options, signal))
        track((sending) => sendOne(event, alert, options, sending));
    } catch (error) {
      if (signal.reason === stopped) return;
      options.logger.log("error", "failed to get alerts for the event", { error: messageOf(error) });
    }
  };
  return {
    take(event, also) {
      const cleaned = cleanMetadata(event);
      if (!options.rateLimit.admit(cleaned)) {
        options.logger.log("debug", "Discarding event, rate limiting duplicate events");
        return false;
      }
      track((signal) => dispatch(withoutToken(cleaned), signal));
      if (also) track((signal) => also(event, signal));
      return true;
    },
    hasAlerts: () => !areAlertsKnown || !options.alerts.list()[Symbol.iterator]().next().done,
    async idle() {
      while (underWay.size > 0) await Promise.all([...underWay].map(({ done }) => done));
    },
    stop() {
      for (const { abort } of underWay) abort.abort(stopped);
    },
  };
}

const stopped = new Error("the controller was stopped");

async function matchingAlerts(event: FluxEvent, options: DispatcherOptions, signal: AbortSignal): Promise<Alert[]> {
  // What is reported before the first list is read must not be lost.
  await Promise.race([Promise.all([options.alerts.synced, options.providers.synced]), aborted(signal)]);
  const alerts = [...options.alerts.list()];
  const asksLabels = alerts.some(({ spec }) =>
    spec.eventSources.some(({ kind, matchLabels }) => matchLabels !== undefined && kind === event.involvedObject.kind),
  );
  const labels = asksLabels ? await readLabels(event, options) : undefined;
  const matching = alerts.filter((alert) => {
    const { matches, problems } = matchAlert(alert, event, () => labels);
    for (const { reason, message } of problems) warn(alert, reason, message, options);
    return matches;
  });
  if (matching.length === 0) {
    const object = formatInvolvedObject(event.involvedObject);
    options.logger.log("debug", "discarding event, no alerts found for the involved object", { object });
  }
  return matching;
}

async function readLabels(
  { involvedObject }: FluxEvent,
  { kube, logger }: DispatcherOptions,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { apiVersion, kind, namespace, name } = involvedObject;
  const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  try {
    return (await kube.get({ group, version, kind, namespace, name }, { metadataOnly: true })).metadata.labels ?? {};
  } catch (error) {
    logger.log("error", "error getting the involved object", { error: messageOf(error) });
    return undefined;
  }
}

async function sendOne(event: FluxEvent, alert: Alert, options: DispatcherOptions, signal: AbortSignal): Promise<void> {
  const subject = formatInvolvedObject(event.involvedObject);
  let stage: "dispatch" | "send" = "dispatch";
  try {
    const provider = providerOf(alert, options);
    const route = determineRoute(event, alert, provider, options);
    if (route.name === "Log") options.logger.log("info", route.message, { alert: alert.metadata.name });
    if (route.name === "Refuse") throw new EddyError("ACCESS_DENIED", route.message, { class: "terminal" });
    if (route.name !== "Send") return;
    checkGate(provider, options);
    const combined = combineMetadata(event, alert);
    if (Object.keys(combined.conflicts).length > 0) {
      warn(alert, "MetadataAppendFailed", conflictMessage, options, combined.conflicts);
    }
    const definition = await loadDefinition(provider);
    const commitStatus = await commitStatusOf(provider, alert, combined.event);
    const settings = await loadSettings(provider, alert, commitStatus, options.data);
    stage = "send";
    await sendBy(definition, combined.event, settings, { ...options, signal });
  } catch (error) {
    if (signal.reason === stopped) return;
    const text = options.masker.of(alert.metadata.namespace).mask(messageOf(error));
    warn(alert, "NotificationDispatchFailed", `failed to ${stage} notification for ${subject}: ${text}`, options);
  }
}

function checkGate({ spec }: Provider, { hasWorkloadIdentity }: DispatcherOptions): void {
  if (!spec.serviceAccountName || hasWorkloadIdentity) return;
  const gate = "ObjectLevelWorkloadIdentity";
  throw new EddyError(
    "FEATURE_GATE_DISABLED",
    `to use spec.serviceAccountName for provider authentication please enable the ${gate} feature gate in the controller`,
    { class: "terminal" },
  );
}

function providerOf(alert: Alert, options: DispatcherOptions): Provider {
  const provider = options.providers.get(alert.metadata.namespace ?? "", alert.spec.providerRef.name);
  if (provider) return provider;
  const { name } = alert.spec.providerRef;
  throw new EddyError(
    "PROVIDER_NOT_FOUND",
    `failed to read provider: Provider.${notificationGroup} "${name}" not found`,
  );
}

/** A Kubernetes Event of the alert, beside a line in the log. */
function warn(
  { metadata }: Alert,
  reason: string,
  message: string,
  { events, clock, logger }: DispatcherOptions,
  annotations: Readonly<Record<string, string>> = {},
): void {
  const { name, namespace = "", uid, resourceVersion } = metadata;
  logger.log("error", message, { alert: `${namespace}/${name}` });
  events.publish({
    involvedObject: {
      group: notificationGroup,
      apiVersion: `${notificationGroup}/v1beta3`,
      kind: "Alert",
      namespace,
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    severity: "error",
    timestamp: formatTime(new Date(clock.now())),
    reason,
    message,
    metadata: annotations,
    reportingController: notificationControllerName,
    reportingInstance: notificationControllerName,
  });
}
