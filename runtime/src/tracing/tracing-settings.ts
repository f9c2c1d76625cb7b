import { EddyError } from "@eddy/core/errors";

/** Where spans go, and which. */
export interface TracingSettings {
  /** Of traces, in full. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly resource: Readonly<Record<string, string>>;
  /** 0 to 1: the share of traces begun here that are kept. */
  readonly ratio: number;
  /** A trace that somebody else began is kept when he kept it. */
  readonly followsParent: boolean;
  /** Spans that wait at most; what comes beyond is dropped. */
  readonly maxQueued: number;
  readonly maxBatch: number;
  readonly delayMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Tracing as the environment asks for it, or undefined where it does not: no endpoint is named, `OTEL_SDK_DISABLED` is true, or
 * `OTEL_TRACES_EXPORTER` is none. Source: OpenTelemetry specification 1.50, environment variables; OTLP exporter.
 * @throws EddyError INVALID_OPTION (terminal)
 */
export function readTracingSettings(env: Environment): TracingSettings | undefined {
  const own = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? "";
  const shared = env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "";
  if ((own === "" && shared === "") || env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return undefined;
  if (env["OTEL_TRACES_EXPORTER"] === "none") return undefined;
  const protocol = env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? env["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? "http/json";
  if (!protocol.startsWith("http/"))
    throw invalid(`OTLP protocol ${JSON.stringify(protocol)} is not built: want "http/json"`);
  const sampler = env["OTEL_TRACES_SAMPLER"] || "parentbased_always_on";
  return {
    url: own === "" ? urlOf(shared, "v1/traces") : urlOf(own, ""),
    headers: { ...listOf(env["OTEL_EXPORTER_OTLP_HEADERS"]), ...listOf(env["OTEL_EXPORTER_OTLP_TRACES_HEADERS"]) },
    timeoutMs: countOf(env, "OTEL_EXPORTER_OTLP_TIMEOUT", 10_000),
    resource: resourceOf(env),
    ratio: ratioOf(sampler, env["OTEL_TRACES_SAMPLER_ARG"]),
    followsParent: sampler.startsWith("parentbased_"),
    maxQueued: countOf(env, "OTEL_BSP_MAX_QUEUE_SIZE", 2_048),
    maxBatch: countOf(env, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
    delayMs: countOf(env, "OTEL_BSP_SCHEDULE_DELAY", 5_000),
  };
}

// The shared endpoint is a base, that of traces is taken as it is.
function urlOf(text: string, path: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw invalid(`OTLP endpoint ${JSON.stringify(text)} must be an http or https URL`);
  return path === "" ? url.href : new URL(path, url.href.endsWith("/") ? url.href : `${url.href}/`).href;
}

function resourceOf(env: Environment): Record<string, string> {
  const given = listOf(env["OTEL_RESOURCE_ATTRIBUTES"]);
  const name = env["OTEL_SERVICE_NAME"] || given["service.name"] || "eddy";
  const pod = env["HOSTNAME"] ? { "service.instance.id": env["HOSTNAME"] } : {};
  return { ...pod, ...given, "service.name": name };
}

/** `key=value,key=value`, the values percent-encoded. Source: W3C Baggage, as OpenTelemetry uses it. */
function listOf(text: string = ""): Record<string, string> {
  const entries = text.split(",").map((part) => part.trim());
  return Object.fromEntries(
    entries
      .filter((part) => part.indexOf("=") > 0)
      .map((part) => {
        const equals = part.indexOf("=");
        return [part.slice(0, equals).trim(), decoded(part.slice(equals + 1).trim())];
      }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function ratioOf(sampler: string, argument: string | undefined): number {
  const kind = sampler.replace(/^parentbased_/, "");
  if (kind === "always_on") return 1;
  if (kind === "always_off") return 0;
  if (kind !== "traceidratio") throw invalid(`trace sampler ${JSON.stringify(sampler)} is not known`);
  const ratio = argument === undefined || argument === "" ? 1 : Number(argument);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw invalid(`OTEL_TRACES_SAMPLER_ARG ${JSON.stringify(argument)} must be between 0 and 1`);
}

function countOf(env: Environment, name: string, fallback: number): number {
  const text = env[name] ?? "";
  if (text === "") return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw invalid(`${name} ${JSON.stringify(text)} must be a number above 0`);
}

function invalid(message: string): EddyError {
  return new EddyError("INVALID_OPTION", message, { class: "terminal" });
}
