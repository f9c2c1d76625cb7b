import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { deleteObjects } from "../objects/delete-objects.ts";
import { splitKept } from "../objects/keep-policy.ts";
import { splitOwned, type OwnedSplit } from "../objects/split-owned.ts";
import { inUninstallOrder } from "../objects/uninstall-order.ts";
import type { ReleasePorts } from "../ports.ts";
import { requireReleaseName } from "../record/release-name.ts";
import { withStatus, type Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { UninstallRequest } from "../requests.ts";
import {
  buildReleaseObjects,
  codeOf,
  contextOf,
  defaultTimeoutMs,
  failure,
  type ActionContext,
} from "./action-context.ts";
import { findLeftovers } from "./find-leftovers.ts";
import { performHooks, recordRelease, type Pace } from "./perform.ts";

/** What was uninstalled; undefined `release`: it was not there. `info` tells, in Helm's words, which objects were left. */
export interface UninstallResult {
  release: Release | undefined;
  info: string;
}

/**
 * Deletes a release's objects that are its own, and its history unless that is kept.
 * @throws ReleaseError RELEASE_NOT_FOUND, RELEASE_NAME_INVALID, RELEASE_DELETE_FAILED, RELEASE_HOOK_FAILED, RELEASE_WAIT_FAILED.
 * Source: Helm `action/uninstall.go`.
 */
export async function uninstallRelease(request: UninstallRequest, ports: ReleasePorts): Promise<UninstallResult> {
  const context = contextOf(ports);
  const { name, ignoreNotFound = false, dryRun = false, keepHistory = false } = request;
  if (dryRun) return previewUninstall(request, context);
  requireReleaseName(name, "uninstall: Release name is invalid");
  const release = await context.storage.last(name);
  if (!release) {
    if (ignoreNotFound) return { release: undefined, info: "" };
    throw notFound(`uninstall: Release not loaded: ${name}: release: not found`);
  }
  if (release.info.status === "uninstalled") {
    if (keepHistory) {
      throw new ReleaseError("RELEASE_NOT_FOUND", `the release named ${JSON.stringify(name)} is already deleted`, {
        release,
        class: "terminal",
      });
    }
    await purge(name, context);
    return { release, info: "" };
  }
  return remove(release, request, context);
}

function notFound(message: string): ReleaseError {
  return new ReleaseError("RELEASE_NOT_FOUND", message, { class: "terminal" });
}

async function previewUninstall(
  { name, ignoreNotFound }: UninstallRequest,
  context: ActionContext,
): Promise<UninstallResult> {
  requireReleaseName(name, "releaseContent: Release name is invalid");
  const release = await context.storage.last(name);
  if (!release) {
    if (ignoreNotFound) return { release: undefined, info: "" };
    throw notFound("release: not found");
  }
  const { kept } = splitKept(await buildReleaseObjects(release, "unable to build kubernetes objects", context));
  return { release, info: describeKept(kept) };
}

async function remove(last: Release, request: UninstallRequest, context: ActionContext): Promise<UninstallResult> {
  const { name, keepHistory = false, wait = "hookOnly", timeoutMs = defaultTimeoutMs, disableHooks = false } = request;
  const pace: Pace = { wait, timeoutMs, disableHooks, waitForJobs: false, serverSideApply: true };
  const begun = {
    ...withStatus(last, "uninstalling", "Deletion in progress (or silently failed)"),
    info: {
      ...last.info,
      status: "uninstalling" as const,
      description: "Deletion in progress (or silently failed)",
      deleted: context.timestamp(),
    },
  };
  let release = await performHooks(begun, { event: "pre-delete", lead: "", pace }, context);
  await recordRelease(release, context);
  const { remaining, info } = await deleteOwned({ release, last }, request, context);
  const errors: unknown[] = [];
  try {
    const signal = context.signal ? { signal: context.signal } : {};
    await context.waiterOf(wait).gone(remaining, { timeoutMs, ...signal });
  } catch (error) {
    errors.push(failure(codeOf("RELEASE_WAIT_FAILED", context), messageOf(error), error));
  }
  try {
    release = await performHooks(release, { event: "post-delete", lead: "", pace }, context);
  } catch (error) {
    errors.push(error);
  }
  release = withStatus(release, "uninstalled", request.description || "Uninstallation complete");
  await settleHistory(release, { name, keepHistory, errors }, context);
  if (errors.length > 0) throw unfinished(errors, release);
  return { release, info };
}

function unfinished(errors: readonly unknown[], release: Release): ReleaseError {
  const text = errors.map(messageOf).join("; ");
  const [first] = errors;
  const code = first instanceof ReleaseError ? first.code : "RELEASE_DELETE_FAILED";
  return failure(code, `uninstallation completed with ${errors.length} error(s): ${text}`, first, release);
}

async function settleHistory(
  release: Release,
  { name, keepHistory, errors }: { name: string; keepHistory: boolean; errors: unknown[] },
  context: ActionContext,
): Promise<void> {
  if (!keepHistory) {
    try {
      await purge(name, context);
    } catch (error) {
      const text = `uninstall: Failed to purge the release: ${messageOf(error)}`;
      errors.push(failure("RELEASE_DELETE_FAILED", text, error));
    }
    return;
  }
  await recordRelease(release, context);
  for (const { version, status } of await context.storage.revisions(name)) {
    if (status !== "deployed" || version === release.version) continue;
    const earlier = await context.storage.get(name, version);
    if (earlier) await recordRelease(withStatus(earlier, "superseded"), context);
  }
}

async function purge(name: string, { storage }: ActionContext): Promise<void> {
  for (const { version } of await storage.revisions(name)) await storage.delete(name, version);
}

/** Deletes what is the release's own. @throws ReleaseError RELEASE_DELETE_FAILED. */
async function deleteOwned(
  { release, last }: { release: Release; last: Release },
  { name, cascade }: UninstallRequest,
  context: ActionContext,
): Promise<{ remaining: KubeObject[]; info: string }> {
  const { kube, clock } = context;
  try {
    const lead = "unable to build kubernetes objects for delete";
    const objects = inUninstallOrder(await buildReleaseObjects(release, lead, context));
    const { kept, going } = splitKept(objects);
    const split = await splitOwned(going, { kube, owner: release });
    const leftovers = await findLeftovers({ last, current: last, wanted: objects }, context);
    for (const { object, reason } of [...split.foreign, ...split.unreadable]) {
      context.log(`skipping delete of ${object.kind} ${object.metadata.name}: ${reason}`);
    }
    const { remaining, errors } = await deleteObjects(inUninstallOrder([...split.owned, ...leftovers]), {
      kube,
      clock,
      ...(cascade ? { cascade } : {}),
    });
    if (errors.length > 0) {
      for (const error of errors) context.log(`uninstall: Failed to delete release: ${messageOf(error)}`);
      throw errors[0];
    }
    return { remaining, info: [describeKept(kept), describeForeign(split)].filter((part) => part !== "").join("\n") };
  } catch (error) {
    context.log(`uninstall: Failed to delete release: ${messageOf(error)}`);
    throw failure("RELEASE_DELETE_FAILED", `failed to delete release: ${name}`, error, release);
  }
}

function describeKept(kept: readonly KubeObject[]): string {
  if (kept.length === 0) return "";
  const lines = kept.map(({ kind, metadata }) => `[${kind}] ${metadata.name}\n`);
  return `These resources were kept due to the resource policy:\n${lines.join("")}`;
}

function describeForeign({ foreign, unreadable }: OwnedSplit): string {
  const parts: string[] = [];
  if (foreign.length > 0) {
    const lines = foreign.map(({ object }) => `[${object.kind}] ${object.metadata.name}\n`);
    const lead = `${foreign.length} resource(s) were not deleted because they are not owned by this release:\n`;
    parts.push(lead + lines.join(""));
  }
  if (unreadable.length > 0) {
    const lines = unreadable.map(({ object, reason }) => `[${object.kind}] ${object.metadata.name}: ${reason}\n`);
    const lead = `${unreadable.length} resource(s) were not deleted because their ownership could not be verified:\n`;
    parts.push(lead + lines.join(""));
  }
  return parts.join("\n");
}
