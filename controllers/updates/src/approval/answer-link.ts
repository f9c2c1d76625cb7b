import { messageOf } from "@eddy/core/errors";
import { castVote, readApproval } from "@eddy/runtime/approval";
import { hasReason } from "@eddy/kube";
import type { EndpointAnswer, EndpointCall, RoutePorts } from "../endpoint/route.ts";
import { WebhookRefusal } from "../webhook/push-hint.ts";
import { confirmPage, resultPage } from "./vote-page.ts";
import { readLink } from "./vote-link.ts";

/** `GET` shows what is to be voted on, `POST` votes. Links that are not ours, or too old, are refused alike. */
export async function answerLink(call: EndpointCall, ports: RoutePorts): Promise<EndpointAnswer> {
  const { linkKey } = await ports.settings();
  const token = call.method === "POST" ? formToken(call.body) : queryToken(call.url);
  const link = linkKey === undefined ? undefined : readLink(token, linkKey, ports.clock.now());
  if (!link) throw new WebhookRefusal("the link is none of ours, or too old", 401);
  const key = { namespace: link.namespace, name: link.name };
  const html = (status: number, body: string): EndpointAnswer => ({ status, type: "text/html; charset=utf-8", body });
  try {
    const approval = await readApproval(ports.kube, key);
    if (approval.metadata.uid !== link.uid) return html(404, resultPage("Gone", "There is no such approval any more."));
    if (call.method !== "POST") return html(200, confirmPage(approval, link, token));
    const state = await castVote(key, { voter: `link:${link.voter}`, choice: link.choice, via: "link" }, ports);
    return html(200, resultPage(`Thank you: ${state.phase.toLowerCase()}`, state.message));
  } catch (error) {
    if (hasReason(error, "NotFound")) return html(404, resultPage("Gone", "There is no such approval any more."));
    return html(403, resultPage("Not counted", messageOf(error)));
  }
}

function formToken(body: Buffer): string {
  return new URLSearchParams(body.toString("utf8")).get("token") ?? "";
}

function queryToken(url: string): string {
  const at = url.indexOf("?");
  return at < 0 ? "" : (new URLSearchParams(url.slice(at)).get("token") ?? "");
}
