import { isObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";

/** Objects by kind. */
export type State = Record<string, readonly KubeObject[]>;

/** Members that controllers decide, by kind; `status` and these are compared, all else is the author's or the server's. */
const members: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["status"],
  ReplicaSet: ["status"],
  StatefulSet: ["status"],
  DaemonSet: ["status"],
  ControllerRevision: ["revision"],
  Job: ["status"],
  Pod: [],
  Endpoints: ["subsets"],
  EndpointSlice: ["addressType", "endpoints", "ports"],
  PodDisruptionBudget: ["status"],
};

const hashLabels = new Set(["pod-template-hash", "controller-revision-hash", "controller.kubernetes.io/hash"]);
/** Set by the server on a Job's template, or by a controller from the clock. */
const ignoredKeys =
  /^(?:uid|resourceVersion|creationTimestamp|(?:batch\.kubernetes\.io\/)?(?:controller-uid|job-name)|endpoints\.kubernetes\.io\/last-change-trigger-time|deprecated\.daemonset\.template\.generation)$/;

/**
 * What the controllers made of a state, without what chance and time decide (suffixes, hashes, uids, addresses, times),
 * so that two runs, or two implementations, can be compared as text.
 */
export function controllerView(state: State): Record<string, unknown[]> {
  const view: Record<string, unknown[]> = {};
  for (const [kind, fields] of Object.entries(members)) {
    const seen = (state[kind] ?? []).map((object) => {
      const { name, labels, annotations, ownerReferences, finalizers = [] } = object.metadata;
      const picked = Object.fromEntries(fields.map((field) => [field, object[field]]));
      return plain({
        name,
        labels,
        annotations,
        ownerReferences,
        finalizers: finalizers.length > 0 ? finalizers : undefined,
        ...picked,
      });
    });
    view[kind] = seen.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  view["Event"] = [...new Set((state["Event"] ?? []).filter(isControllerEvent).map(eventText))].sort();
  return view;
}

function isControllerEvent(event: KubeObject): boolean {
  return (event["involvedObject"] as { kind: string }).kind !== "Pod";
}

function eventText(event: KubeObject): string {
  const about = event["involvedObject"] as { kind: string; name: string };
  return plainText(
    `${about.kind}/${about.name} ${String(event["type"])} ${String(event["reason"])}: ${String(event["message"])}`,
  );
}

function plain(value: unknown, key = ""): unknown {
  if (typeof value === "string") return hashLabels.has(key) ? "<hash>" : plainText(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => plain(item));
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (!isObject(value)) return value;
  const kept = Object.keys(value).filter((name) => !ignoredKeys.test(name) && value[name] !== undefined);
  const entries = kept.sort().map((name) => [name, plain(value[name], name)] as const);
  return Object.fromEntries(entries.filter(([, member]) => !isEmpty(member)));
}

/** A list or an object without members counts as absent: only a server makes a difference. */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function plainText(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<time>")
    .replace(/\b10\.244\.\d+\.\d+\b/g, "<ip>")
    .replace(/\b(d|late|s|ds|j|svc)(?:-[a-z0-9]{5,10}){1,2}\b/g, "$1-<hash>");
}
