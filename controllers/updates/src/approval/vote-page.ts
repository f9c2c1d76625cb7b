import type { Approval } from "@eddy/api";
import type { VoteLink } from "./vote-link.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? "");
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><meta name="viewport" content="width=device-width"><body style="font:16px system-ui;max-width:40em;margin:3em auto;padding:0 1em"><h1>${escapeHtml(title)}</h1>${body}</body></html>`;
}

/** Asks before it votes: programs that preview messages follow links, and must not vote. Pure. */
export function confirmPage({ spec, metadata }: Approval, { choice }: VoteLink, token: string): string {
  const rows = [
    ["Changes", `${spec.subject.kind.toLowerCase()}/${spec.subject.name} in ${metadata.namespace ?? ""}`],
    ["From", spec.from],
    ["To", spec.to],
    ["Digest", spec.digest ?? ""],
    ["Until", spec.deadline],
  ].map(
    ([name = "", value = ""]) => `<tr><th align="left">${name}</th><td><code>${escapeHtml(value)}</code></td></tr>`,
  );
  const verb = choice === "approve" ? "Approve" : "Reject";
  return page(
    `${verb} this change?`,
    `<table cellpadding="6">${rows.join("")}</table><form method="post"><input type="hidden" name="token" value="${escapeHtml(token)}"><p><button>${verb}</button></p></form>`,
  );
}

/** What became of a vote. Pure. */
export function resultPage(title: string, message: string): string {
  return page(title, `<p>${escapeHtml(message)}</p>`);
}
