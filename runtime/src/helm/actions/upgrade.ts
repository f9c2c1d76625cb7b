import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { applyChartCrds } from "../crds/apply-chart-crds.ts";
import { deleteObjects } from "../objects/delete-objects.ts";
import { findExisting } from "../objects/find-existing.ts";
import { identityOf } from "../objects/name-object.ts";
import { markOwned } from "../objects/ownership.ts";
import { updateObjects } from "../objects/update-objects.ts";
import type { ReleasePorts } from "../ports.ts";
import { requireReleaseName } from "../record/release-name.ts";
import { withStatus, type Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { UpgradeRequest } from "../requests.ts";
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
import { findBase, type Base } from "./find-base.ts";
import { findLeftovers } from "./find-leftovers.ts";
import { observeCapabilities } from "./observe-capabilities.ts";
import { performHooks, performWait, recordRelease, releaseOf, withRelease, type Pace } from "./perform.ts";
import { refuseSystemLabels, renderRelease } from "./render-release.ts";
import { reuseValues } from "./reuse-values.ts";
import { rollbackRelease } from "./rollback.ts";
import { isServerSide } from "./server-side.ts";

/**
 * Upgrades a release to a new revision of another chart or other values.
 * @throws ReleaseError; its `release` is set once the new revision was stored, as it stands there: failed. Codes as of installing, and
 * RELEASE_NOT_DEPLOYED for a name without anything to upgrade, RELEASE_LOCKED while another operation is under way.
 * Source: Helm `action/upgrade.go`.
 */
export async function upgradeRelease(request: UpgradeRequest, ports: ReleasePorts): Promise<Release> {
  const context = contextOf(ports);
  const { name, dryRun = "none" } = request;
  requireReleaseName(name, "release name is invalid");
  refuseContradictions(request);
  const base = await findBase(name, context.storage);
  const serverSideApply = isServerSide(request.serverSideApply ?? "auto", base.last);
  const reused = { ...request, ...reuseValues(request, base.current) };
  if (dryRun === "none") await applyChartCrds(reused, { defaultPolicy: "Skip", serverSideApply, context });
  const prepared = await prepare(reused, { base, serverSideApply }, context);
  if (dryRun !== "none")
    return withStatus(prepared.release, "pending-upgrade", request.description || "Dry run complete");
  throwIfCancelled(context);
  await removeLeftovers(base, prepared, context);
  await createWithLimit(context.storage, prepared.release, request.maxHistory ?? 10);
  return perform(prepared, request, context);
}

// Before room is made in the history: the records that tell of them may be the ones that go.
async function removeLeftovers(base: Base, { originals, targets }: Prepared, context: ActionContext): Promise<void> {
  const leftovers = await findLeftovers({ ...base, wanted: [...originals, ...targets] }, context);
  const { errors } = await deleteObjects(leftovers, context);
  if (errors.length > 0)
    throw failure(
      "RELEASE_DELETE_FAILED",
      `failed to delete what an earlier revision left: ${messageOf(errors[0])}`,
      errors[0],
    );
}

function refuseContradictions({ dryRun = "none", hideSecrets = false, labels = {} }: UpgradeRequest): void {
  refuseSystemLabels(labels);
  if (dryRun !== "none" || !hideSecrets) return;
  throw new ReleaseError("RELEASE_REQUEST_INVALID", "hiding Kubernetes secrets requires a dry-run mode", {
    class: "terminal",
  });
}

/** A revision that is ready to be stored and applied. */
interface Prepared {
  current: Release;
  release: Release;
  originals: KubeObject[];
  targets: KubeObject[];
  serverSideApply: boolean;
}

async function prepare(
  request: UpgradeRequest,
  { base, serverSideApply }: { base: Base; serverSideApply: boolean },
  context: ActionContext,
): Promise<Prepared> {
  const { current, last } = base;
  const { name, dryRun = "none", labels = {}, takeOwnership = false } = request;
  const capabilities = dryRun === "client" ? undefined : await observeCapabilities(context.kube, context.clock);
  const identity = { name, namespace: current.namespace, revision: last.version + 1, isUpgrade: true };
  const { notes, crds: _crds, ...parts } = await renderRelease(request, { release: identity, capabilities }, context);
  const { first_deployed } = current.info;
  const release: Release = {
    name,
    namespace: current.namespace,
    version: last.version + 1,
    info: {
      ...(first_deployed ? { first_deployed } : {}),
      last_deployed: context.timestamp(),
      description: "Preparing upgrade",
      status: "pending-upgrade",
      ...(notes === "" ? {} : { notes }),
    },
    ...parts,
    apply_method: serverSideApply ? "ssa" : "csa",
    labels: mergeLabels(last.labels, labels),
  };
  const objects = await buildReleaseObjects(
    release,
    "unable to build kubernetes objects from new release manifest",
    context,
  );
  const targets = objects.map((object) => markOwned(object, release));
  const originals = await buildCurrent(current, context);
  const known = new Set(originals.map(identityOf));
  const fresh = targets.filter((object) => !known.has(identityOf(object)));
  try {
    const adopted = await findExisting(fresh, { kube: context.kube, owner: release, takeOwnership });
    return { current, release, originals: [...originals, ...adopted], targets, serverSideApply };
  } catch (error) {
    throw failure("RELEASE_OWNERSHIP", `unable to continue with update: ${messageOf(error)}`, error);
  }
}

/** The objects of the revision that is replaced. */
async function buildCurrent(current: Release, context: ActionContext): Promise<KubeObject[]> {
  try {
    return await buildReleaseObjects(
      current,
      "unable to build kubernetes objects from current release manifest",
      context,
    );
  } catch (error) {
    if (!messageOf(error).includes("no matches for kind")) throw error;
    const lead =
      "current release manifest contains removed kubernetes api(s) for this kubernetes version and it is therefore unable to " +
      "build the kubernetes objects for performing the diff. error from kubernetes";
    throw failure("RELEASE_MANIFEST_INVALID", `${lead}: ${messageOf((error as Error).cause)}`, error);
  }
}

function mergeLabels(
  last: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...last, ...wanted }).filter(([, value]) => value !== "null"));
}

function paceOf(request: UpgradeRequest, serverSideApply: boolean): Pace {
  const { wait = "hookOnly", rollbackOnFailure = false } = request;
  return {
    wait: wait === "hookOnly" && rollbackOnFailure ? "watcher" : wait,
    waitForJobs: request.waitForJobs ?? false,
    timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
    disableHooks: request.disableHooks ?? false,
    serverSideApply,
  };
}

async function perform(prepared: Prepared, request: UpgradeRequest, context: ActionContext): Promise<Release> {
  const { current, serverSideApply } = prepared;
  const pace = paceOf(request, serverSideApply);
  const created: KubeObject[] = [];
  let release = prepared.release;
  try {
    release = await performHooks(release, { event: "pre-upgrade", lead: "pre-upgrade hooks failed", pace }, context);
    throwIfCancelled(context);
    const applied = await applyTargets(prepared, { request, created }, context);
    await performWait(applied, pace, context);
    release = await performHooks(release, { event: "post-upgrade", lead: "post-upgrade hooks failed", pace }, context);
  } catch (error) {
    throw await fail(error, { release: releaseOf(error, release), created, request, context });
  }
  await recordRelease(withStatus(current, "superseded"), context);
  const deployed = withStatus(release, "deployed", request.description || "Upgrade complete");
  await context.storage.update(deployed);
  return deployed;
}

async function applyTargets(
  { current, originals, targets, serverSideApply }: Prepared,
  { request, created }: { request: UpgradeRequest; created: KubeObject[] },
  context: ActionContext,
): Promise<KubeObject[]> {
  const { forceConflicts = false, forceReplace = false, cleanupOnFail = false } = request;
  try {
    const result = await updateObjects(originals, targets, {
      ...context,
      serverSideApply,
      forceConflicts,
      forceReplace,
      upgradeManagers: serverSideApply && current.apply_method !== "ssa",
      threeWayForCustom: false,
      tellCreated: cleanupOnFail,
    });
    created.push(...result.created);
    if (result.error) throw result.error;
    return result.applied;
  } catch (error) {
    throw failure(codeOf("RELEASE_APPLY_FAILED", context), messageOf(error), error);
  }
}

/** Records the failure, cleans up and rolls back as far as that was asked for; gives the error to throw. */
async function fail(error: unknown, { release, created, request, context }: FailureState): Promise<ReleaseError> {
  const { name, cleanupOnFail = false, rollbackOnFailure = false } = request;
  const message = messageOf(error);
  const failed = withStatus(release, "failed", `Upgrade ${JSON.stringify(name)} failed: ${message}`);
  await recordRelease(failed, context);
  if (cleanupOnFail && created.length > 0) {
    const { errors } = await deleteObjects(created, context);
    if (errors.length > 0) {
      const lead = `an error occurred while cleaning up resources. original upgrade error: ${message}`;
      const text = errors.map(messageOf).join(", ");
      return withRelease(error, failed, `${lead}: unable to cleanup resources: ${text}`);
    }
  }
  return rollbackOnFailure
    ? rollBack(error, { release: failed, created, request, context })
    : withRelease(error, failed);
}

interface FailureState {
  release: Release;
  created: KubeObject[];
  request: UpgradeRequest;
  context: ActionContext;
}

async function rollBack(error: unknown, { release, request, context }: FailureState): Promise<ReleaseError> {
  const { name, forceConflicts, forceReplace, serverSideApply } = request;
  const message = messageOf(error);
  const revisions = await context.storage.revisions(name);
  const good = revisions.findLast(({ status }) => status === "superseded" || status === "deployed");
  if (!good) {
    const lead = "unable to find a previously successful release when attempting to rollback. original upgrade error";
    return withRelease(error, release, `${lead}: ${message}`);
  }
  // What cancelled the upgrade must not cancel the way back.
  const { signal: _signal, ...ports } = context;
  const { wait, waitForJobs, timeoutMs, disableHooks } = paceOf(request, true);
  const force = { ...(forceConflicts ? { forceConflicts } : {}), ...(forceReplace ? { forceReplace } : {}) };
  const way = { wait, waitForJobs, timeoutMs, disableHooks, ...(serverSideApply ? { serverSideApply } : {}) };
  try {
    await rollbackRelease({ name, version: good.version, ...way, ...force }, ports);
  } catch (rollbackError) {
    const lead = "an error occurred while rolling back the release. original upgrade error";
    return withRelease(error, release, `${lead}: ${message}: ${messageOf(rollbackError)}`);
  }
  const lead = `release ${name} failed, and has been rolled back due to rollback-on-failure being set`;
  return withRelease(error, release, `${lead}: ${message}`);
}
