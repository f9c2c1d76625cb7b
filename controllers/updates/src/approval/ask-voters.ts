import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import { expectSuccess, type HttpClient } from "@eddy/http";
import type { VoterMessage } from "./tell-voters.ts";

/** What asking needs. */
export interface AskVotersPorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly masker: Masker;
  readonly signal: AbortSignal;
}

/**
 * Posts messages that ask for votes. One chat that does not answer keeps no other from hearing: what went wrong is logged, and
 * `eddy get approvals` shows it in any case. What Slack wants to be said later is said later, and not waited for.
 */
export async function askVoters(messages: readonly VoterMessage[], ports: AskVotersPorts): Promise<void> {
  const { logger, masker, signal } = ports;
  for (const message of messages) {
    const sent = send(message, ports).catch((error: unknown) => {
      const text = masker.mask(messageOf(error));
      if (!signal.aborted) logger.log("error", `ask for votes in ${message.to} failed`, { error: text });
    });
    if (message.token === undefined) await sent;
  }
}

async function send({ url, token, body }: VoterMessage, { http, clock, signal }: AskVotersPorts): Promise<void> {
  if (token !== undefined) {
    const { sayInSlack } = await import("../slack/slack-api.ts");
    return sayInSlack({ api: url, token, body, signal }, { http, clock });
  }
  const response = await http.request(new URL(url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    maxBytes: 64 * 1024,
    signal,
  });
  (await expectSuccess(response, "ask for votes")).discard();
}
