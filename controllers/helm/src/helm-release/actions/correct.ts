import { helmControllerName, helmReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { formatObjectName, gvkOf, refOf, type KubeObject } from "@eddy/core/object";
import { KubeApiError, type KubeClient } from "@eddy/kube";
import { changeEntry, compareRefs, formatChanges, type ChangeEntry } from "@eddy/runtime/apply";
import type { ObjectDrift, ReleaseDrift } from "../drift/compare-release.ts";
import { fullReleaseName, latestOf } from "../history.ts";
import { announce, type ReleasePass } from "../release-pass.ts";
import type { ActionEnd } from "./run-action.ts";

/** Puts the objects back that differ: missing ones are created, others patched. Whether that worked is seen by comparing again. */
export async function correct(pass: ReleasePass, drift: ReleaseDrift): Promise<ActionEnd> {
  const { status, cluster } = pass;
  const latest = latestOf(status.history);
  if (!latest) return { kind: "done" };
  const changes: ChangeEntry[] = [];
  const problems: string[] = [];
  for (const entry of inOrder(drift)) {
    try {
      const change = await put(entry, cluster.kube);
      if (change) changes.push(change);
    } catch (error) {
      problems.push(describe(entry, error));
    }
  }
  const name = fullReleaseName(latest);
  const log = formatChanges(changes);
  if (problems.length > 0) {
    const partly = changes.length > 0 ? "partially " : "";
    const done = changes.length > 0 ? `\n\nSuccessful corrections:\n${log}` : "";
    const message = `Failed to ${partly}correct cluster state of release ${name}:\n${problems.join("\n")}${done}`;
    announce(pass, "error", helmReasons.driftCorrectionFailed, message, latest);
  } else if (changes.length > 0) {
    const message = `Cluster state of release ${name} has been corrected:\n${log}`;
    announce(pass, "info", helmReasons.driftCorrected, message, latest);
  }
  return { kind: "done" };
}

// What is missing comes first; within that, what others refer to.
function inOrder(drift: ReleaseDrift): ObjectDrift[] {
  const byKind = (left: ObjectDrift, right: ObjectDrift): number =>
    compareRefs(refOf(left.desired), refOf(right.desired));
  return [
    ...drift.filter(({ kind }) => kind === "removed").sort(byKind),
    ...drift.filter(({ kind }) => kind === "changed").sort(byKind),
  ];
}

async function put(entry: ObjectDrift, kube: KubeClient): Promise<ChangeEntry | undefined> {
  const { desired } = entry;
  const options = { fieldManager: helmControllerName };
  if (entry.kind === "removed") {
    await kube.create(desired, options);
    return changeEntry(desired, "created");
  }
  if (entry.kind !== "changed") return undefined;
  const key = { ...refOf(desired), version: gvkOf(desired).version };
  await kube.patch(key, "json", entry.patch as never, options);
  return changeEntry(desired, "configured");
}

function describe({ kind, desired }: ObjectDrift, error: unknown): string {
  const what = kind === "removed" ? "creation" : "patch";
  return `${formatObjectName(refOf(desired))} ${what} failure: ${withoutValues(desired, error)}`;
}

// What the server quotes of a Secret that it refuses stays out of events.
function withoutValues({ kind }: KubeObject, error: unknown): string {
  const text = messageOf(error);
  const isQuoting = kind === "Secret" && error instanceof KubeApiError && error.status.reason === "Invalid";
  return isQuoting ? text.slice(text.lastIndexOf(":") + 1).trim() : text;
}
