import { sha256 } from "@eddy/core/digest";
import { EddyError } from "@eddy/core/errors";
import type { HttpHeaders } from "@eddy/http";
import { encodeSpans, type Span } from "@eddy/runtime/tracing";
import { encodeJson } from "../event/encode-event.ts";
import { unixSeconds, type FluxEvent } from "../event/flux-event.ts";
import { messageProvider } from "../provider/post-message.ts";
import type { ProviderDefinition } from "../provider/provider-type.ts";
import type { ProviderSettings } from "../provider/settings.ts";

/**
 * A span of OpenTelemetry; all spans of an alert about one revision are one trace. OTLP over HTTP, as JSON where upstream sends
 * protobuf: collectors take both. Source: OTLP 1.x, notification-controller 1.9.
 */
export const otel: ProviderDefinition = messageProvider((event, settings) => {
  if (event.involvedObject.kind === "HelmRepository") return [];
  return {
    url: tracesUrl(settings.address),
    headers: { "content-type": "application/json" },
    credentials: credentialsOf(settings),
    body: encodeSpans({
      resource: resourceOf(settings),
      scope: "flux:notification-controller",
      spans: [spanOf(event, settings)],
    }),
  };
});

function tracesUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    const message = "invalid OTLP endpoint in spec.address or the Secret: want http:// or https://";
    throw new EddyError("PROVIDER_SETTINGS", message, { class: "terminal" });
  }
  if (url.pathname === "/" && !address.endsWith("/")) url.pathname = "/v1/traces";
  return url.href;
}

function credentialsOf({ headers, token, username, password }: ProviderSettings): HttpHeaders {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const secret = token || password;
  if (given["authorization"] !== undefined || secret === "") return given;
  const basic = Buffer.from(`${username}:${secret}`).toString("base64");
  return { ...given, authorization: username === "" ? `Bearer ${secret}` : `Basic ${basic}` };
}

function resourceOf({ alert: { metadata } }: ProviderSettings): Record<string, string> {
  const { namespace = "", name, uid = "" } = metadata;
  return {
    "service.name": `${namespace}/${name}`,
    "service.namespace": namespace,
    "service.instance.id": uid,
  };
}

function spanOf(event: FluxEvent, { alert }: ProviderSettings): Span {
  const { uid = "", kind, name, namespace } = event.involvedObject;
  const trace = sha256(`${alert.metadata.uid ?? ""}:${revisionOf(event)}`);
  const atMs = unixSeconds(event) * 1_000;
  return {
    traceId: trace.slice(0, 32),
    // Of the event itself: a second try is the same span.
    spanId: sha256(encodeJson(event)).slice(0, 16),
    name: `${kind}: ${namespace}/${name}`,
    startMs: atMs,
    endMs: atMs,
    attributes: {
      "object.uid": uid,
      "object.kind": kind,
      "object.name": name,
      "object.namespace": namespace,
      ...event.metadata,
    },
    error: event.severity === "error" ? event.message : "",
  };
}

function revisionOf({ metadata = {} }: FluxEvent): string {
  const [digest, version] = [metadata["oci-digest"], metadata["app-version"]];
  if (digest !== undefined && version !== undefined) return `${version}@${digest}`;
  return metadata["revision"] ?? "unknown";
}
