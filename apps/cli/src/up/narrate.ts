import { shortenRevisions } from "@eddy/api";
import type { ControllerEvent } from "@eddy/runtime/events";

/** What happened, in one word. */
export type Happening = "commit" | "fetched" | "applied" | "healthy" | "ready" | "updated" | "waiting" | "failed";

/** One thing that happened, for a person who watches. */
export interface Narration {
  /** RFC 3339 with milliseconds. */
  at: string;
  happening: Happening;
  /** `GitRepository/flux-system/flux-system`. */
  object: string;
  /** The rest, in one line. */
  text: string;
}

const revisionSuffix = "/revision";

/**
 * What an event says to a person, or undefined when it says nothing new to one. `at`: when it came; the event's own time
 * has no milliseconds. Pure.
 */
export function narrate(event: ControllerEvent, at: Date): Narration | undefined {
  const happening = happeningOf(event);
  if (happening === undefined) return undefined;
  const { kind, namespace, name } = event.involvedObject;
  const object = `${kind}/${namespace}/${name}`;
  return { at: at.toISOString(), happening, object, text: textOf(event, happening) };
}

function happeningOf(event: ControllerEvent): Happening | undefined {
  if (event.severity === "error") return "failed";
  if (event.severity === "trace") return undefined;
  switch (event.reason) {
    case "NewArtifact":
      return event.involvedObject.kind === "GitRepository" ? "commit" : "fetched";
    case "ChartPullSucceeded":
    case "ChartPackageSucceeded":
      return "fetched";
    case "InstallSucceeded":
    case "UpgradeSucceeded":
      return "applied";
    case "Progressing":
      return event.message.startsWith("Health check passed") ? "healthy" : "applied";
    case "ReconciliationSucceeded":
      return "ready";
    case "DependencyNotReady":
    case "UpdateHeld":
    case "UpdateWaiting":
    case "ApprovalRequested":
    case "ApprovalRequired":
      return "waiting";
    case "UpdateCommitted":
    case "UpdateWritten":
      return "updated";
    default:
      return event.message.startsWith("Health check passed") ? "healthy" : undefined;
  }
}

function textOf(event: ControllerEvent, happening: Happening): string {
  const text = event.message.trim().replaceAll(/\s*\n\s*/g, happening === "applied" ? ", " : " ");
  if (happening === "failed") return `${event.reason}: ${text}`;
  if (happening !== "commit") return text;
  const revision = Object.entries(event.metadata).find(
    ([key]) => key === "revision" || key.endsWith(revisionSuffix),
  )?.[1];
  const subject = /^stored artifact for commit '(.*)'$/s.exec(text)?.[1] ?? text;
  return revision === undefined ? subject : `${shortenRevisions(revision)} ${subject}`;
}
