import { formatInvolvedObject, type FluxEvent } from "../event/flux-event.ts";

/** An event as comments of pull requests show it. Source: notification-controller 1.9, `formatMarkdownPost`. */
export function statusMarkdown(event: FluxEvent): string {
  const pairs = Object.entries(event.metadata ?? {})
    .filter(([key]) => key !== "change_request")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `* \`${key}\`: ${value}\n`);
  const mark = event.severity === "error" ? "⚠️" : "ℹ️";
  const subject = formatInvolvedObject(event.involvedObject);
  return `## Flux Status\n\n${mark} ${subject}\n\n${event.message}\n\nMetadata:\n${pairs.join("")}`;
}
