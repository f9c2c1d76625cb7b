import type { Alert, CrossNamespaceObjectReference } from "@eddy/api";
import { RE2JS } from "re2js";
import { formatInvolvedObject, type FluxEvent } from "../event/flux-event.ts";

/** Whether an alert takes an event, and what is wrong with the alert. */
export interface AlertMatch {
  matches: boolean;
  /** What people are told of it, in upstream's words. */
  problems: readonly AlertProblem[];
}

/** An expression that is none, or labels that cannot be looked at. */
export interface AlertProblem {
  reason: "InvalidConfig" | "SourceFetchFailed";
  message: string;
}

/** The labels of the involved object; undefined when it is not there. Asked only where an alert has `matchLabels`. */
export type LabelsOf = () => Readonly<Record<string, string>> | undefined;

/** Decides whether an alert takes an event. Pure but for `labelsOf`. Source: flux2.md 3.8 "Alert matching". */
export function matchAlert(alert: Alert, event: FluxEvent, labelsOf: LabelsOf): AlertMatch {
  if (alert.spec.suspend) return { matches: false, problems: [] };
  const problems: AlertProblem[] = [];
  const isSource = alert.spec.eventSources.some((source) => matchesSource(alert, source, event, labelsOf, problems));
  if (!isSource) return { matches: false, problems };
  const { inclusionList = [], exclusionList = [] } = alert.spec;
  const included = inclusionList.length === 0 || anyMatches(inclusionList, event.message, "inclusion", problems);
  const matches = included && !anyMatches(exclusionList, event.message, "exclusion", problems);
  return { matches, problems };
}

function matchesSource(
  alert: Alert,
  source: CrossNamespaceObjectReference,
  event: FluxEvent,
  labelsOf: LabelsOf,
  problems: AlertProblem[],
): boolean {
  const { involvedObject, severity } = event;
  if (involvedObject.kind !== source.kind) return false;
  if (involvedObject.namespace !== (source.namespace ?? alert.metadata.namespace)) return false;
  const wanted = alert.spec.eventSeverity ?? "info";
  if (wanted !== "info" && severity !== wanted) return false;
  if (source.name !== "*" && source.name !== involvedObject.name) return false;
  if (!source.matchLabels) return true;
  const labels = labelsOf();
  if (!labels) {
    const message = `error getting source object ${formatInvolvedObject(involvedObject)}`;
    problems.push({ reason: "SourceFetchFailed", message });
    return false;
  }
  return Object.entries(source.matchLabels).every(([key, value]) => labels[key] === value);
}

function anyMatches(
  expressions: readonly string[],
  message: string,
  list: "inclusion" | "exclusion",
  problems: AlertProblem[],
): boolean {
  return expressions.some((expression) => {
    try {
      return RE2JS.compile(expression).matcher(message).find();
    } catch {
      problems.push({ reason: "InvalidConfig", message: `failed to compile ${list} regex: ${expression}` });
      return false;
    }
  });
}
