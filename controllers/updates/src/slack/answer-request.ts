import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import { expectSuccess, type HttpClient } from "@eddy/http";
import type { ApprovalPorts } from "@eddy/runtime/approval";
import { runCommand } from "../chat/run-command.ts";
import { slackText } from "../chat/markup.ts";
import type { SlackRequest } from "./session.ts";
import { isSlackAddress, sayInSlack } from "./slack-api.ts";
import type { SlackTokens } from "./slack-tokens.ts";

/** What answering needs. */
export interface AnswerPorts extends ApprovalPorts {
  readonly http: HttpClient;
  readonly logger: Logger;
  readonly masker: Masker;
  readonly signal: AbortSignal;
}

const timeoutMs = 20_000;

/** Runs a command or a button, and says in Slack what came of it. Never throws: what cannot be said is logged. */
export async function answerRequest(
  { request, to }: SlackRequest,
  { api, botToken }: SlackTokens,
  ports: AnswerPorts,
): Promise<void> {
  const { logger, masker, signal } = ports;
  try {
    const text = slackText(await runCommand(request.command, request.user, ports));
    if (to.form === "channel") {
      const thread = to.thread === undefined ? {} : { thread_ts: to.thread };
      const body = { channel: to.channel, text, ...thread };
      await sayInSlack({ api, token: botToken, body, signal }, ports);
    } else await postAnswer(to.url, text, api, ports);
  } catch (error) {
    logger.log("error", "answer in Slack failed", { error: masker.mask(messageOf(error)) });
  }
}

/**
 * Answers to an address that came with a command or a button, where it is Slack's. Such addresses are secrets of half an hour: anybody can
 * write there.
 * @throws HttpError
 */
export async function postAnswer(
  url: string,
  text: string,
  api: string,
  { http, logger, signal }: Pick<AnswerPorts, "http" | "logger" | "signal">,
): Promise<void> {
  if (!isSlackAddress(url, api)) {
    logger.log("error", "an answer is not sent: its address is none of Slack's");
    return;
  }
  const response = await http.request(new URL(url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ response_type: "in_channel", replace_original: false, text }),
    maxBytes: 64 * 1024,
    maxRedirects: 0,
    timeoutMs,
    signal,
  });
  (await expectSuccess(response, "answer")).discard();
}
