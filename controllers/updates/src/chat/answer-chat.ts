import type { EndpointAnswer, EndpointCall, RoutePorts } from "../endpoint/route.ts";
import { WebhookRefusal } from "../webhook/push-hint.ts";
import { headerOf } from "../webhook/prove.ts";
import { codeBlock, escapeMarkup, slackText } from "./markup.ts";
import { readMattermost } from "./mattermost.ts";
import { runCommand } from "./run-command.ts";
import { readSlack, type ChatRequest } from "./slack.ts";
import { readTeams } from "./teams.ts";

/** Answers `/v1/chat/slack`, `/v1/chat/mattermost` and `/v1/chat/teams`: commands and buttons alike. A chat without its secret is not there. */
export async function answerChat(call: EndpointCall, chat: string, ports: RoutePorts): Promise<EndpointAnswer> {
  if (call.method !== "POST") return { status: 405 };
  const settings = await ports.settings();
  const nowMs = ports.clock.now();
  const { slackSigningSecret, mattermostToken, teamsSecret } = settings;
  if (chat === "slack" && slackSigningSecret !== undefined) {
    const request = readSlack(call, slackSigningSecret, nowMs);
    refuseCopy(headerOf(call.headers, "x-slack-signature"), ports);
    const text = slackText(await run(request, ports));
    if (request.answerTo !== undefined) ports.answerSlack?.(request.answerTo, text);
    return json({ response_type: "in_channel", text });
  }
  if (chat === "mattermost" && mattermostToken !== undefined) {
    const text = codeBlock(await run(readMattermost(call, mattermostToken), ports));
    // A command is answered with `text`, a button with `update` or `ephemeral_text`: each takes its own.
    return json({ response_type: "in_channel", text, ephemeral_text: text });
  }
  if (chat === "teams" && teamsSecret !== undefined) {
    const request = readTeams(call, teamsSecret, nowMs);
    refuseCopy(headerOf(call.headers, "authorization"), ports);
    return json({ type: "message", text: `<pre>${escapeMarkup(await run(request, ports))}</pre>` });
  }
  return { status: 404 };
}

async function run({ command, user }: ChatRequest, ports: RoutePorts): Promise<string> {
  return runCommand(command, user, ports);
}

/** @throws WebhookRefusal 401 for a call that was taken already. */
function refuseCopy(signature: string, { seen }: RoutePorts): void {
  if (!seen.isNew(signature)) throw new WebhookRefusal("the call came before", 401);
}

function json(body: unknown): EndpointAnswer {
  return { status: 200, type: "application/json", body: JSON.stringify(body) };
}
