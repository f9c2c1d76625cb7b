import { createHash } from "node:crypto";
import { showMessage, type InboxMessage, type ShownMessage } from "./message.ts";

/** The page that a browser is shown: what was caught, newest first. Follows by itself. Pure. */
export function formatPage(messages: readonly InboxMessage[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inbox</title>
<style>${style}</style>
<header><h1>Inbox</h1><p>What Alerts send, newest first. Nothing leaves this machine.</p></header>
<main>${formatMessages(messages)}</main>
<script>${script}</script>
</html>
`;
}

/** The part of the page that changes. Pure. */
export function formatMessages(messages: readonly InboxMessage[]): string {
  if (messages.length === 0) return "<p class=none>Nothing yet: push a change.</p>";
  return messages
    .toReversed()
    .map((message) => formatMessage(showMessage(message)))
    .join("\n");
}

function formatMessage(message: ShownMessage): string {
  const { severity, title, text } = summaryOf(message.body);
  const time = message.at.slice(11, 19);
  const body = typeof message.body === "string" ? message.body : JSON.stringify(message.body, undefined, 2);
  return `<article class="${severity}"><h2><time>${time}</time> ${escapeHtml(title || `${message.method} ${message.path}`)}</h2>
<p>${escapeHtml(text)}</p>
<details><summary>${escapeHtml(`${message.method} ${message.path}`)}</summary><pre>${escapeHtml(body)}</pre></details></article>`;
}

/** Of an event as Flux's controllers send it; nothing of other bodies, which each service has in a form of its own. */
function summaryOf(body: unknown): { severity: "info" | "error"; title: string; text: string } {
  const { involvedObject, reason, message, severity } = (typeof body === "object" && body !== null ? body : {}) as {
    involvedObject?: { kind?: string; namespace?: string; name?: string };
    reason?: string;
    message?: string;
    severity?: string;
  };
  const name = involvedObject && `${involvedObject.kind}/${involvedObject.namespace}/${involvedObject.name}`;
  return {
    severity: severity === "error" ? "error" : "info",
    title: [name, reason].filter(Boolean).join("  "),
    text: typeof message === "string" ? message : "",
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; font-size: 1.4rem } h2 { margin: 0; font-size: 1rem } p { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
header p, time, summary, .none { color: GrayText } time { font-variant-numeric: tabular-nums; font-weight: 400 }
article { border-left: 4px solid #2b8a3e; padding: .4rem .8rem; margin: 1rem 0; background: color-mix(in srgb, CanvasText 5%, Canvas) }
article.error { border-color: #c92a2a }
pre { overflow-x: auto; font-size: .85rem }
`;

// Open details stay open: only what is new is put in front.
const script = `
new EventSource("/follow").onmessage = async () => {
  const answer = await fetch("/fragment");
  const next = document.createElement("main");
  next.innerHTML = await answer.text();
  const now = document.querySelector("main");
  const more = next.querySelectorAll("article").length - now.querySelectorAll("article").length;
  if (more <= 0 || now.querySelector(".none")) return now.replaceWith(next);
  now.prepend(...[...next.children].slice(0, more));
};
`;

/** Nothing is fetched from elsewhere, and of scripts only the page's own runs: what is shown came from somebody else. */
export const contentPolicy: string = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  "connect-src 'self'",
].join("; ");
