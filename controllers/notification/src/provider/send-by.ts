import { delay, type Clock } from "@eddy/core/clock";
import { parseDuration } from "@eddy/core/duration";
import { EddyError } from "@eddy/core/errors";
import type { CloudLogin } from "@eddy/cloud";
import { createHttpClient } from "@eddy/http";
import type { FluxEvent } from "../event/flux-event.ts";
import type { ProviderDefinition } from "./provider-type.ts";
import type { ProviderSettings } from "./settings.ts";

/** What sending an event needs. */
export interface SendByPorts {
  readonly clock: Clock;
  readonly login: CloudLogin;
  readonly signal: AbortSignal;
}

const defaultTimeout = "15s";

/**
 * Sends an event to a service within the provider's timeout, by connections of its own.
 * @throws EddyError NOTIFICATION_TIMEOUT (retry), the signal's reason, and what the service's definition throws
 */
export async function sendBy(
  definition: ProviderDefinition,
  event: FluxEvent,
  settings: ProviderSettings,
  { clock, login, signal }: SendByPorts,
): Promise<void> {
  const timeoutMs = parseDuration(settings.provider.spec.timeout ?? defaultTimeout);
  await withTimeout(timeoutMs, signal, clock, async (limited) => {
    const http = createHttpClient({ ...settings.connection, clock });
    try {
      await definition.send(event, settings, { http, clock, login, signal: limited });
    } finally {
      http.close();
    }
  });
}

async function withTimeout(
  timeoutMs: number,
  signal: AbortSignal,
  clock: Clock,
  action: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const timer = new AbortController();
  const limit = new AbortController();
  const limited = AbortSignal.any([signal, limit.signal]);
  delay(clock, timeoutMs, timer.signal).then(
    () => limit.abort(new EddyError("NOTIFICATION_TIMEOUT", "context deadline exceeded")),
    () => undefined,
  );
  try {
    await action(limited);
  } catch (error) {
    throw limited.aborted ? limited.reason : error;
  } finally {
    timer.abort(new Error("it is over"));
  }
}
