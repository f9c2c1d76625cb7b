import { delay, type Cancel } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import type { HttpClient } from "@eddy/http";
import type { RoutePorts } from "../endpoint/route.ts";
import { answerRequest } from "./answer-request.ts";
import { determineWait } from "./determine-wait.ts";
import { runSession, type SlackRequest } from "./session.ts";
import { isSameSlack, slackTokens, type SlackTokens } from "./slack-tokens.ts";

/** What socket mode needs. */
export interface SlackSocketPorts extends Omit<RoutePorts, "hint"> {
  readonly http: HttpClient;
  readonly masker: Masker;
  /** Calls when the Secret may have changed. */
  onSettings(listener: () => void): Cancel;
  /** 0 to below 1. */
  random(): number;
}

/** Slack's socket mode: a connection while there are tokens. */
export interface SlackSocket {
  /** Resolves when nothing that was asked for is being done. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

const maxUnderWay = 20;
const readAgainMs = 15_000;

/** Keeps a connection to Slack, and runs what people ask for on it as the HTTP form does: commands and votes are the same. */
export function startSlackSocket(ports: SlackSocketPorts): SlackSocket {
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  const begin = (request: SlackRequest, tokens: SlackTokens): boolean => {
    if (underWay.size >= maxUnderWay) return false;
    const work: Promise<void> = answerRequest(request, tokens, { ...ports, signal: stopped.signal }).finally(() =>
      underWay.delete(work),
    );
    underWay.add(work);
    return true;
  };
  const setup = followTokens(ports, stopped.signal);
  const connected = keepConnected(setup, ports, stopped.signal, begin);
  const idle = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return {
    idle,
    async stop() {
      setup.stop();
      stopped.abort(new Error("the controller was stopped"));
      await connected;
      await idle();
    },
  };
}

interface Setup {
  /** What is set up now, until the signal is aborted: then it is something else. */
  current(): Promise<{ readonly tokens: SlackTokens | undefined; readonly until: AbortSignal }>;
  stop(): void;
}

function followTokens(ports: SlackSocketPorts, stopped: AbortSignal): Setup {
  const { clock, logger, masker } = ports;
  let tokens: SlackTokens | undefined;
  let until = new AbortController();
  let cancelTimer: Cancel | undefined;
  const read = async (): Promise<void> => {
    if (stopped.aborted) return;
    try {
      const next = slackTokens(await ports.settings());
      if (isSameSlack(tokens, next)) return;
      tokens = next;
      until.abort(new Error("the tokens changed"));
      until = new AbortController();
    } catch (error) {
      logger.log("error", "read the settings of Slack failed", { error: masker.mask(messageOf(error)) });
      cancelTimer?.();
      cancelTimer = clock.after(readAgainMs, look);
    }
  };
  let reading = read();
  const look = (): void => void (reading = reading.then(read));
  const cancel = ports.onSettings(look);
  return {
    async current() {
      await reading;
      return { tokens, until: until.signal };
    },
    stop() {
      cancel();
      cancelTimer?.();
    },
  };
}

async function keepConnected(
  setup: Setup,
  ports: SlackSocketPorts,
  stopped: AbortSignal,
  begin: (request: SlackRequest, tokens: SlackTokens) => boolean,
): Promise<void> {
  const { clock, logger, masker } = ports;
  let failures = 0;
  while (!stopped.aborted) {
    const { tokens, until } = await setup.current();
    const signal = AbortSignal.any([stopped, until]);
    if (!tokens) {
      await aborted(signal);
      continue;
    }
    const startedMs = clock.now();
    const end = await runSession(tokens, { ...ports, signal, begin: (request) => begin(request, tokens) });
    if (signal.aborted) {
      failures = 0;
      continue;
    }
    const next = determineWait(end, clock.now() - startedMs, { failures }, ports.random);
    failures = next.failures;
    if (end.form === "lost")
      logger.log("error", "the connection to Slack was lost", {
        why: masker.mask(end.why),
        waitMs: Math.round(next.waitMs),
      });
    if (next.waitMs > 0)
      await Promise.race([delay(clock, next.waitMs, signal).catch(() => undefined), aborted(signal)]);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
