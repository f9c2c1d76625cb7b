import { timeText } from "../event/flux-event.ts";
import { bearerOrBasic, messageProvider, requireAddress } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** An alert of Prometheus' Alertmanager. */
export const alertmanager: ProviderDefinition = messageProvider((event, settings) => {
  const { summary, ...metadata } = event.metadata ?? {};
  const { kind, name, namespace } = event.involvedObject;
  const { reason, severity, reportingController } = event;
  return {
    url: requireAddress(settings, "Alertmanager"),
    credentials: bearerOrBasic(settings),
    body: [
      {
        status: "firing",
        labels: {
          ...metadata,
          alertname: `Flux${kind}${titleCase(reason)}`,
          severity,
          reason,
          kind,
          name,
          namespace,
          reportingcontroller: reportingController,
        },
        annotations: { message: event.message, ...(summary === undefined ? {} : { summary }) },
        startsAt: timeText(event),
        // What Go writes for no time: Alertmanager then takes its own resolve timeout.
        endsAt: "0001-01-01T00:00:00Z",
      },
    ],
  };
});

/** `ReconciliationFailed` becomes `Reconciliationfailed`, as rules expect it. */
function titleCase(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}
