import type { Clock } from "@eddy/core/clock";
import type { CloudLogin } from "@eddy/cloud";
import type { HttpClient } from "@eddy/http";
import type { FluxEvent } from "../event/flux-event.ts";
import type { ProviderSettings } from "./settings.ts";

/** What sending reaches the world through. */
export interface SendPorts {
  /** With the provider's trust and proxy. */
  http: HttpClient;
  clock: Clock;
  /** Logins of workload identities. */
  login: CloudLogin;
  /** Aborted when the provider's timeout is over. */
  signal: AbortSignal;
}

/** One service: a file in `providers/` and a line in its registry. */
export interface ProviderDefinition {
  /**
   * Sends an event. @throws EddyError, HttpError when the settings lack something or the service refuses; the token is masked by the
   * caller
   */
  send(event: FluxEvent, settings: ProviderSettings, ports: SendPorts): Promise<void>;
}
