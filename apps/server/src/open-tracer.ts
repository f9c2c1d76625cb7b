import { randomBytes } from "node:crypto";
import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import type { Tracer } from "@eddy/runtime/tracing";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A tracer where the environment names a collector; otherwise not even its code is loaded.
 * @throws EddyError INVALID_OPTION (terminal)
 */
export async function openTracer(
  env: Environment,
  ports: { clock: Clock; logger: Logger; masker: Masker },
): Promise<Tracer | undefined> {
  if (!env["OTEL_EXPORTER_OTLP_ENDPOINT"] && !env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]) return undefined;
  const { createSpanExporter, createTracer, readTracingSettings } = await import("@eddy/runtime/tracing");
  const settings = readTracingSettings(env);
  if (!settings) return undefined;
  for (const value of Object.values(settings.headers)) ports.masker.register(value);
  const { clock, logger } = ports;
  const exporter = createSpanExporter({ clock, logger, settings, env });
  return createTracer({ exporter, clock, settings, randomHex: (digits) => randomBytes(digits / 2).toString("hex") });
}
