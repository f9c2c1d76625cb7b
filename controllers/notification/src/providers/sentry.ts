import { sha256 } from "@eddy/core/digest";
import { EddyError } from "@eddy/core/errors";
import { encodeJson } from "../event/encode-event.ts";
import { timeText, type FluxEvent } from "../event/flux-event.ts";
import { messageProvider } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";

/** An event of Sentry's for an error, a transaction for news; the address is the DSN, the channel the environment. */
export const sentry: ProviderDefinition = messageProvider((event, settings) => {
  const { url, key } = parseDsn(settings.address);
  // The same event has the same id: Sentry keeps a second try once.
  const id = sha256(`${settings.provider.metadata.uid ?? ""}/${encodeJson(event)}`);
  const base = {
    event_id: id.slice(0, 32),
    platform: "other",
    ...(settings.channel === "" ? {} : { environment: settings.channel }),
  };
  const payload = encodeJson({ ...base, ...(event.severity === "error" ? errorOf(event) : transactionOf(event, id)) });
  const type = event.severity === "error" ? "event" : "transaction";
  const header = encodeJson({ event_id: base.event_id, sent_at: timeText(event) });
  const item = encodeJson({ type, length: Buffer.byteLength(payload) });
  return {
    url,
    headers: { "content-type": "application/x-sentry-envelope" },
    credentials: { "x-sentry-auth": `Sentry sentry_version=7, sentry_client=eddy/1.0, sentry_key=${key}` },
    body: `${header}\n${item}\n${payload}\n`,
  };
});

/** `https://<key>@<host>[/<path>]/<project>`. Source: Sentry's "Envelopes". */
function parseDsn(dsn: string): { url: string; key: string } {
  const url = URL.canParse(dsn) ? new URL(dsn) : undefined;
  const [, path = "", project] = /^(.*)\/(\d+)\/?$/.exec(url?.pathname ?? "") ?? [];
  if (!url || project === undefined || url.username === "" || !/^https?:$/.test(url.protocol)) {
    const message = dsn === "" ? "DSN cannot be empty" : "the DSN is none: want https://<key>@<host>/<project>";
    throw new EddyError("PROVIDER_SETTINGS", message, { class: "terminal" });
  }
  return { url: `${url.origin}${path}/api/${project}/envelope/`, key: decodeURIComponent(url.username) };
}

function summaryOf({ involvedObject: { kind, namespace, name } }: FluxEvent): string {
  return `${kind}: ${namespace}/${name}`;
}

function errorOf(event: FluxEvent): object {
  return {
    level: event.severity,
    message: event.message,
    server_name: event.reportingController,
    timestamp: timeText(event),
    transaction: summaryOf(event),
    contexts: { metadata: event.metadata ?? {} },
  };
}

function transactionOf(event: FluxEvent, id: string): object {
  const { kind, namespace, name } = event.involvedObject;
  const trace = { trace_id: id.slice(0, 32), span_id: id.slice(32, 48), op: "event" };
  const tags = {
    flux_involved_object_kind: kind,
    flux_involved_object_namespace: namespace,
    flux_involved_object_name: name,
    flux_reporting_controller: event.reportingController,
    flux_reporting_instance: event.reportingInstance ?? "",
    flux_reason: event.reason,
    ...event.metadata,
  };
  const times = { start_timestamp: timeText(event), timestamp: timeText(event) };
  return {
    type: "transaction",
    message: event.message,
    transaction: summaryOf(event),
    contexts: { trace },
    tags,
    ...times,
    spans: [{ ...trace, tags, ...times }],
  };
}
