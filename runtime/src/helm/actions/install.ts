import { messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { applyChartCrds } from "../crds/apply-chart-crds.ts";
import { parseManifest } from "../objects/build-objects.ts";
import { createObjects } from "../objects/create-objects.ts";
import { findExisting } from "../objects/find-existing.ts";
import { markOwned } from "../objects/ownership.ts";
import { updateObjects } from "../objects/update-objects.ts";
import { applyObject, createObject } from "../objects/write-object.ts";
import type { ReleasePorts } from "../ports.ts";
import { releaseNameProblem } from "../record/release-name.ts";
import { withStatus, type Release } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { InstallRequest } from "../requests.ts";
import {
  buildReleaseObjects,
  codeOf,
  contextOf,
  defaultTimeoutMs,
  failure,
  throwIfCancelled,
  type ActionContext,
} from "./action-context.ts";
import { observeCapabilities } from "./observe-capabilities.ts";
import { performHooks, performWait, recordRelease, releaseOf, withRelease, type Pace } from "./perform.ts";
import { refuseSystemLabels, renderRelease } from "./render-release.ts";
import { uninstallRelease } from "./uninstall.ts";

/**
 * Installs a chart as the first revision of a release.
 * @throws ReleaseError; its `release` is set once the revision was stored, as it stands there: failed, or gone when it was uninstalled
 * again. Codes: RELEASE_NAME_INVALID, RELEASE_NAME_IN_USE, RELEASE_REQUEST_INVALID, RELEASE_CRDS_FAILED, RELEASE_RENDER_FAILED,
 * RELEASE_MANIFEST_INVALID, RELEASE_OWNERSHIP, RELEASE_EXISTS before it; RELEASE_HOOK_FAILED, RELEASE_APPLY_FAILED,
 * RELEASE_WAIT_FAILED, RELEASE_CANCELLED after it. Source: Helm `action/install.go`.
 */
export async function installRelease(request: InstallRequest, ports: ReleasePorts): Promise<Release> {
  const context = contextOf(ports);
  const { dryRun = "none" } = request;
  const last = await checkName(request, context);
  refuseContradictions(request);
  if (dryRun === "none")
    await applyChartCrds(request, { defaultPolicy: "Create", serverSideApply: isApplied(request), context });
  const release = await renderFirst(request, context);
  const objects = await prepareObjects(release, request, context);
  if (dryRun !== "none") return withStatus(release, release.info.status, "Dry run complete");
  throwIfCancelled(context);
  if (request.createNamespace) await createNamespace(request, context);
  const stored = last ? await supersede(release, last, context) : release;
  await context.storage.create(stored);
  try {
    return await perform(stored, { request, objects }, context);
  } catch (error) {
    throw await fail(error, { stored, request, context });
  }
}

function isApplied({ serverSideApply = true }: InstallRequest): boolean {
  return serverSideApply;
}

/** The last revision, where one may be replaced. */
async function checkName(request: InstallRequest, { storage }: ActionContext): Promise<Release | undefined> {
  const { name, replace = false, dryRun = "none" } = request;
  const lead = "release name check failed";
  const problem = releaseNameProblem(name);
  if (problem !== undefined) {
    throw new ReleaseError("RELEASE_NAME_INVALID", `${lead}: release name ${JSON.stringify(name)}: ${problem}`, {
      class: "terminal",
    });
  }
  if (dryRun !== "none") return undefined;
  const last = (await storage.revisions(name)).at(-1);
  if (!last) return undefined;
  if (replace && (last.status === "uninstalled" || last.status === "failed")) return storage.get(name, last.version);
  throw new ReleaseError("RELEASE_NAME_IN_USE", `${lead}: cannot reuse a name that is still in use`, {
    class: "terminal",
  });
}

function refuseContradictions({ dryRun = "none", hideSecrets = false, labels = {} }: InstallRequest): void {
  refuseSystemLabels(labels);
  if (dryRun !== "none" || !hideSecrets) return;
  throw new ReleaseError("RELEASE_REQUEST_INVALID", "hiding Kubernetes secrets requires a dry-run mode", {
    class: "terminal",
  });
}

async function renderFirst(request: InstallRequest, context: ActionContext): Promise<Release> {
  const { name, namespace, dryRun = "none", labels = {} } = request;
  const capabilities = dryRun === "client" ? undefined : await observeCapabilities(context.kube, context.clock);
  const identity = { name, namespace, revision: 1, isUpgrade: false };
  const { notes, crds: _crds, ...parts } = await renderRelease(request, { release: identity, capabilities }, context);
  const now = context.timestamp();
  return {
    name,
    namespace,
    version: 1,
    info: {
      first_deployed: now,
      last_deployed: now,
      description: "Initial install underway",
      status: "pending-install",
      ...(notes === "" ? {} : { notes }),
    },
    ...parts,
    apply_method: isApplied(request) ? "ssa" : "csa",
    labels,
  };
}

interface PreparedObjects {
  targets: KubeObject[];
  adopted: KubeObject[];
}

async function prepareObjects(
  release: Release,
  { dryRun = "none", takeOwnership = false }: InstallRequest,
  context: ActionContext,
): Promise<PreparedObjects> {
  const lead = "unable to build kubernetes objects from release manifest";
  if (dryRun === "client") return { targets: parseOffline(release, lead), adopted: [] };
  const objects = await buildReleaseObjects(release, lead, context);
  const targets = objects.map((object) => markOwned(object, release));
  try {
    const adopted = await findExisting(targets, { kube: context.kube, owner: release, takeOwnership });
    return { targets, adopted };
  } catch (error) {
    throw failure("RELEASE_OWNERSHIP", `unable to continue with install: ${messageOf(error)}`, error);
  }
}

function parseOffline(release: Release, lead: string): KubeObject[] {
  try {
    return parseManifest(release.manifest ?? "");
  } catch (error) {
    throw failure("RELEASE_MANIFEST_INVALID", `${lead}: ${messageOf(error)}`, error);
  }
}

async function createNamespace(request: InstallRequest, context: ActionContext): Promise<void> {
  const { namespace } = request;
  // spec and status are there because Helm sends Go structs: its field manager owns an empty spec.
  const object = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: { name: namespace } },
    spec: {},
    status: {},
  };
  try {
    if (isApplied(request)) await applyObject(object, { ...context, forceConflicts: false });
    else await createObject(object, context);
  } catch (error) {
    if (hasReason(error, "AlreadyExists")) return;
    throw failure("RELEASE_APPLY_FAILED", messageOf(error), error);
  }
}

/** The release as the revision after the last one, which is superseded unless it failed. */
async function supersede(release: Release, last: Release, { storage }: ActionContext): Promise<Release> {
  if (last.info.status !== "failed") await storage.update(withStatus(last, "superseded", "superseded by new release"));
  return { ...release, version: last.version + 1 };
}

function paceOf(request: InstallRequest): Pace {
  const { wait = "hookOnly", rollbackOnFailure = false } = request;
  return {
    wait: wait === "hookOnly" && rollbackOnFailure ? "watcher" : wait,
    waitForJobs: request.waitForJobs ?? false,
    timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
    disableHooks: request.disableHooks ?? false,
    serverSideApply: isApplied(request),
  };
}

async function perform(
  stored: Release,
  { request, objects }: { request: InstallRequest; objects: PreparedObjects },
  context: ActionContext,
): Promise<Release> {
  const pace = paceOf(request);
  let release = await performHooks(stored, { event: "pre-install", lead: "failed pre-install", pace }, context);
  try {
    throwIfCancelled(context);
    const applied = await applyTargets(objects, request, context);
    await performWait(applied, pace, context);
  } catch (error) {
    throw withRelease(error, release);
  }
  release = await performHooks(release, { event: "post-install", lead: "failed post-install", pace }, context);
  const deployed = withStatus(release, "deployed", request.description || "Install complete");
  await recordRelease(deployed, context);
  return deployed;
}

async function applyTargets(
  { targets, adopted }: PreparedObjects,
  request: InstallRequest,
  context: ActionContext,
): Promise<KubeObject[]> {
  const { forceConflicts = false, forceReplace = false, takeOwnership = false } = request;
  const serverSideApply = isApplied(request);
  try {
    if (adopted.length === 0)
      return await createObjects(targets, { ...context, serverSideApply, forceConflicts: false });
    const result = await updateObjects(adopted, targets, {
      ...context,
      serverSideApply,
      forceConflicts,
      forceReplace,
      upgradeManagers: true,
      threeWayForCustom: takeOwnership && !serverSideApply,
      tellCreated: false,
    });
    if (result.error) throw result.error;
    return result.applied;
  } catch (error) {
    throw failure(codeOf("RELEASE_APPLY_FAILED", context), messageOf(error), error);
  }
}

/** Records the failure, or uninstalls what there is of the release; gives the error to throw. */
async function fail(
  error: unknown,
  { stored, request, context }: { stored: Release; request: InstallRequest; context: ActionContext },
): Promise<ReleaseError> {
  const { name, rollbackOnFailure = false } = request;
  const message = messageOf(error);
  const failed = withStatus(releaseOf(error, stored), "failed", `Release ${JSON.stringify(name)} failed: ${message}`);
  if (!rollbackOnFailure) {
    await recordRelease(failed, context);
    return withRelease(error, failed);
  }
  const { wait, timeoutMs, disableHooks } = paceOf(request);
  // What cancelled the installation must not cancel its removal.
  const { signal: _signal, ...ports } = context;
  try {
    await uninstallRelease({ name, wait, timeoutMs, disableHooks }, ports);
  } catch (uninstallError) {
    const lead = "an error occurred while uninstalling the release. original install error";
    return withRelease(error, failed, `${lead}: ${message}: ${messageOf(uninstallError)}`);
  }
  const lead = `release ${name} failed, and has been uninstalled due to rollback-on-failure being set`;
  return withRelease(error, failed, `${lead}: ${message}`);
}
