import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { deleteObjects } from "../objects/delete-objects.ts";
import { markOwned } from "../objects/ownership.ts";
import { updateObjects, type UpdateResult } from "../objects/update-objects.ts";
import type { ReleasePorts } from "../ports.ts";
import { requireReleaseName } from "../record/release-name.ts";
import { withStatus, type Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { RollbackRequest } from "../requests.ts";
import { createWithLimit } from "../storage/limit-history.ts";
import {
  buildReleaseObjects,
  codeOf,
  contextOf,
  defaultTimeoutMs,
  failure,
  throwIfCancelled,
  type ActionContext,
} from "./action-context.ts";
import { performHooks, performWait, recordRelease, releaseOf, withRelease, type Pace } from "./perform.ts";
import { isServerSide } from "./server-side.ts";

const maxDescriptionLength = 256;

/**
 * Makes a new revision that has what an earlier one had.
 * @throws ReleaseError; its `release` is set once the new revision was stored. Codes: RELEASE_NAME_INVALID, RELEASE_REQUEST_INVALID,
 * RELEASE_NOT_FOUND, RELEASE_REVISION_MISSING; then as of upgrading. Source: Helm `action/rollback.go`.
 */
export async function rollbackRelease(request: RollbackRequest, ports: ReleasePorts): Promise<Release> {
  const context = contextOf(ports);
  const { dryRun = "none", maxHistory = 0 } = request;
  checkRequest(request);
  const { current, target, serverSideApply } = await prepare(request, context);
  if (dryRun !== "none") return target;
  throwIfCancelled(context);
  await createWithLimit(context.storage, target, maxHistory);
  return perform({ current, target, serverSideApply }, request, context);
}

function checkRequest({ name, version = 0, description = "" }: RollbackRequest): void {
  const length = Array.from(description).length;
  if (length > maxDescriptionLength) {
    const text = `description must be ${maxDescriptionLength} characters or less, got ${length}`;
    throw new ReleaseError("RELEASE_REQUEST_INVALID", text, { class: "terminal" });
  }
  requireReleaseName(name, "prepareRollback: Release name is invalid");
  if (version < 0) throw new ReleaseError("RELEASE_REQUEST_INVALID", "invalid release revision", { class: "terminal" });
}

interface Way {
  current: Release;
  target: Release;
  serverSideApply: boolean;
}

async function prepare(request: RollbackRequest, context: ActionContext): Promise<Way> {
  const { name, version = 0, description } = request;
  const current = await context.storage.last(name);
  if (!current) throw new ReleaseError("RELEASE_NOT_FOUND", "release: not found", { class: "terminal" });
  const wanted = version === 0 ? current.version - 1 : version;
  const previous = await context.storage.get(name, wanted);
  if (!previous) {
    throw new ReleaseError("RELEASE_REVISION_MISSING", `release has no ${wanted} version`, { class: "terminal" });
  }
  const serverSideApply = isServerSide(request.serverSideApply ?? "auto", previous);
  const { first_deployed } = current.info;
  const { notes } = previous.info;
  const target: Release = {
    ...previous,
    namespace: current.namespace,
    version: current.version + 1,
    info: {
      ...(first_deployed ? { first_deployed } : {}),
      last_deployed: context.timestamp(),
      description: description || `Rollback to ${wanted}`,
      status: "pending-rollback",
      rollback_revision: wanted,
      ...(notes ? { notes } : {}),
    },
    apply_method: serverSideApply ? "ssa" : "csa",
  };
  return { current, target, serverSideApply };
}

function paceOf(request: RollbackRequest, serverSideApply: boolean): Pace {
  return {
    wait: request.wait ?? "hookOnly",
    waitForJobs: request.waitForJobs ?? false,
    timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
    disableHooks: request.disableHooks ?? false,
    serverSideApply,
  };
}

async function perform(way: Way, request: RollbackRequest, context: ActionContext): Promise<Release> {
  const { current, serverSideApply } = way;
  const pace = paceOf(request, serverSideApply);
  let target = way.target;
  const originals = await build(current, "current", { target }, context);
  const objects = await build(target, "new", { target }, context);
  target = await runHooks("pre-rollback", target);
  const result = await applyTargets({ ...way, target }, { originals, objects, request }, context);
  if (result.error) throw await failApplying(result, { current, target, request }, context);
  try {
    await performWait(result.applied, pace, context);
  } catch (error) {
    const { name } = target;
    const failed = withStatus(target, "failed", `Release ${JSON.stringify(name)} failed: ${messageOf(error)}`);
    await recordRelease(failed, context);
    throw withRelease(error, failed, `release ${name} failed: ${messageOf(error)}`);
  }
  target = await runHooks("post-rollback", target);
  await supersedeDeployed(target, context);
  const deployed = withStatus(target, "deployed");
  await context.storage.update(deployed);
  return deployed;

  // Helm leaves the revision pending when a hook fails, and with it the release locked; a failure is one here.
  async function runHooks(event: "pre-rollback" | "post-rollback", release: Release): Promise<Release> {
    try {
      return await performHooks(release, { event, lead: "", pace }, context);
    } catch (error) {
      const text = `Rollback ${JSON.stringify(release.name)} failed: ${messageOf(error)}`;
      const failed = withStatus(releaseOf(error, release), "failed", text);
      await recordRelease(failed, context);
      throw withRelease(error, failed);
    }
  }
}

async function build(
  release: Release,
  which: "current" | "new",
  { target }: { target: Release },
  context: ActionContext,
): Promise<KubeObject[]> {
  try {
    return await buildReleaseObjects(
      release,
      `unable to build kubernetes objects from ${which} release manifest`,
      context,
    );
  } catch (error) {
    const failed = withStatus(target, "failed", `Rollback ${JSON.stringify(target.name)} failed: ${messageOf(error)}`);
    await recordRelease(failed, context);
    throw withRelease(error, failed);
  }
}

async function applyTargets(
  { target, serverSideApply }: Way,
  { originals, objects, request }: { originals: KubeObject[]; objects: KubeObject[]; request: RollbackRequest },
  context: ActionContext,
): Promise<UpdateResult> {
  const { forceConflicts = false, forceReplace = false, cleanupOnFail = false } = request;
  const targets = objects.map((object) => markOwned(object, target));
  try {
    throwIfCancelled(context);
    return await updateObjects(originals, targets, {
      ...context,
      serverSideApply,
      forceConflicts,
      forceReplace,
      upgradeManagers: true,
      threeWayForCustom: false,
      tellCreated: cleanupOnFail,
    });
  } catch (error) {
    return {
      applied: [],
      created: [],
      error: failure(codeOf("RELEASE_APPLY_FAILED", context), messageOf(error), error),
    };
  }
}

async function failApplying(
  { error, created }: UpdateResult,
  { current, target, request }: { current: Release; target: Release; request: RollbackRequest },
  context: ActionContext,
): Promise<ReleaseError> {
  const failed = withStatus(target, "failed", `Rollback ${JSON.stringify(target.name)} failed: ${messageOf(error)}`);
  await recordRelease(withStatus(current, "superseded"), context);
  await recordRelease(failed, context);
  if (request.cleanupOnFail && created.length > 0) {
    const { errors } = await deleteObjects(created, context);
    if (errors.length > 0) {
      const lead =
        "an error occurred while cleaning up resources. original rollback error: unable to cleanup resources";
      return withRelease(error, failed, `${lead}: ${errors.map(messageOf).join(", ")}`);
    }
  }
  return withRelease(error, failed);
}

/** Every other revision that counts as deployed does no more: there may be several, after two clients at once. */
async function supersedeDeployed({ name, version }: Release, context: ActionContext): Promise<void> {
  for (const revision of await context.storage.revisions(name)) {
    if (revision.status !== "deployed" || revision.version === version) continue;
    const release = await context.storage.get(name, revision.version);
    if (release) await recordRelease(withStatus(release, "superseded"), context);
  }
}
