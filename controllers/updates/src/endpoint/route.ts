import type { Logger } from "@eddy/core/log";
import { messageOf } from "@eddy/core/errors";
import type { ApprovalPorts } from "@eddy/runtime/approval";
import { getApprovals, postApproval, reviewToken } from "../approval/api.ts";
import { answerLink } from "../approval/answer-link.ts";
import { answerChat } from "../chat/answer-chat.ts";
import { parseBody, receivePush } from "../webhook/receive-push.ts";
import { headerOf, type ReceivedCall } from "../webhook/prove.ts";
import { WebhookRefusal } from "../webhook/push-hint.ts";
import type { EndpointSettings } from "./settings.ts";
import type { SeenCalls } from "./seen-calls.ts";

/** What answering needs. */
export interface RoutePorts extends ApprovalPorts {
  readonly logger: Logger;
  readonly seen: SeenCalls;
  settings(): Promise<EndpointSettings>;
  /** Sends an answer to an address that came with a button of Slack's; by itself. */
  answerSlack?(url: string, text: string): void;
  /** How many objects are looked at because of it. */
  hint(repository: string, tag: string | undefined): number;
}

/** A call of the endpoint. */
export interface EndpointCall extends ReceivedCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
}

/** An answer. */
export interface EndpointAnswer {
  readonly status: number;
  readonly type?: "application/json" | "text/html; charset=utf-8";
  readonly body?: string;
}

/** Whether there is something at this path; asked before a body is read. */
export function isRoute(url: string): boolean {
  const path = pathOf(url);
  return (
    path.startsWith("/v1/webhooks/") || path.startsWith("/v1/chat/") || path === "/v1/approvals" || path === "/v1/vote"
  );
}

/** Answers a call. Refusals tell the caller their status and nothing else; why is in the log. */
export async function route(call: EndpointCall, ports: RoutePorts): Promise<EndpointAnswer> {
  const path = pathOf(call.url);
  try {
    if (path.startsWith("/v1/webhooks/")) return await answerPush(call, path, ports);
    if (path.startsWith("/v1/chat/")) return await answerChat(call, path.slice("/v1/chat/".length), ports);
    if (path === "/v1/vote") return await answerLink(call, ports);
    return await answerApi(call, ports);
  } catch (error) {
    if (!(error instanceof WebhookRefusal)) throw error;
    // What follows may prove a call: it is no business of the log's, nor is how long it is.
    const shown = path.split("/", 4).join("/").slice(0, 100);
    ports.logger.log("info", "a call was refused", { path: shown, why: messageOf(error) });
    return { status: error.status };
  }
}

async function answerPush(call: EndpointCall, path: string, ports: RoutePorts): Promise<EndpointAnswer> {
  if (call.method !== "POST") return { status: 405 };
  const [format = "", proof = "", ...more] = path.slice("/v1/webhooks/".length).split("/");
  if (more.length > 0) return { status: 404 };
  const { webhookToken } = await ports.settings();
  const hints = receivePush(format, { ...call, proof }, webhookToken);
  if (!hints) return { status: 404 };
  for (const { repository, tag } of hints) ports.hint(repository, tag);
  return { status: 200 };
}

async function answerApi(call: EndpointCall, ports: RoutePorts): Promise<EndpointAnswer> {
  if (call.method !== "GET" && call.method !== "POST") return { status: 405 };
  const token = /^Bearer (\S{1,8192})$/.exec(headerOf(call.headers, "authorization"))?.[1];
  const user = token === undefined ? undefined : await reviewToken(ports.kube, token);
  if (!user) throw new WebhookRefusal("the bearer token is nobody's", 401);
  const answer =
    call.method === "GET" ? await getApprovals(user, ports) : await postApproval(user, parseBody(call.body), ports);
  return { status: answer.status, type: "application/json", body: `${JSON.stringify(answer.body)}\n` };
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}
