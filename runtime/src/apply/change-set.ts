import { formatObjectName, refOf, type KubeObject, type ObjectRef } from "@eddy/core/object";

/** What happened to one object. */
export type ChangeAction = "created" | "configured" | "unchanged" | "deleted" | "skipped";

/** One object of a pass and what happened to it. */
export interface ChangeEntry {
  ref: ObjectRef;
  /** API version without the group, like `v1`. */
  version: string;
  action: ChangeAction;
}

/** Every object of a pass, in the order of its stages. */
export type ChangeSet = readonly ChangeEntry[];

/** The entry for an object. */
export function changeEntry(object: KubeObject, action: ChangeAction): ChangeEntry {
  const slash = object.apiVersion.indexOf("/");
  return { ref: refOf(object), version: object.apiVersion.slice(slash + 1), action };
}

/** Whether the object was written or deleted. */
export function hasChanged({ action }: ChangeEntry): boolean {
  return action === "created" || action === "configured" || action === "deleted";
}

/** One line for each entry: `Deployment/apps/web configured`. Source: Flux ssa `ChangeSetEntry.String`. */
export function formatChanges(entries: Iterable<ChangeEntry>): string {
  return [...entries].map(({ ref, action }) => `${formatObjectName(ref)} ${action}`).join("\n");
}
