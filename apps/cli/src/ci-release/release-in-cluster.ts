import { releaseKind, type Release, type ReleaseSpec } from "@eddy/api";
import { findCondition } from "@eddy/core/conditions";
import { EddyError } from "@eddy/core/errors";
import { hasReason, type KubeClient } from "@eddy/kube";
import { listWorkloads, type Workload } from "@eddy/release-controller";
import { getObject, kindRefOf } from "../cluster/objects.ts";
import type { CommandContext } from "../command/context.ts";
import { workloadNamespace } from "../fluxctl/namespace.ts";
import { runRelease } from "../fluxctl/run-release.ts";
import { awaitRollout } from "./await-delivery.ts";
import { releaseName, type ClusterRequest } from "./cluster-request.ts";
import { reportReleases, type DoneRelease } from "./cluster-report.ts";
import { commitMessage } from "./commit-message.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import {
  isStillSo,
  planSelection,
  refusalOf,
  targetsByNamespace,
  type NamespaceTargets,
} from "./plan-cluster-release.ts";
import { ReleaseError } from "./release-error.ts";
import type { ReleaseReport } from "./report-result.ts";

/** How often one build may try, each time by another Release. */
const maxAttempts = 20;

/**
 * Releases by Release objects, one a namespace, and follows each to its end. Idempotent: a build's Release is made once; it is made
 * again after it failed, or after somebody went back behind it.
 * @throws ReleaseError; KubeApiError
 */
export async function releaseInCluster(
  request: ClusterRequest,
  pipeline: PipelineContext,
  context: CommandContext,
): Promise<ReleaseReport> {
  const kube = await context.kube();
  await requireKind(kube);
  const done: DoneRelease[] = [];
  for (const asked of targetsByNamespace(request.targets, await workloadNamespace(context)))
    done.push(await releaseNamespace(request, asked, pipeline, context));
  return reportReleases(request, done);
}

async function requireKind(kube: KubeClient): Promise<void> {
  try {
    await kube.resourceFor(kindRefOf(releaseKind));
  } catch (cause) {
    if (!hasReason(cause, "NoKindMatch")) throw cause;
    throw new ReleaseError("badInput", "the cluster has no kind Release: install Eddy there (`eddy install`)", cause);
  }
}

async function releaseNamespace(
  request: ClusterRequest,
  asked: NamespaceTargets,
  pipeline: PipelineContext,
  context: CommandContext,
): Promise<DoneRelease> {
  const { namespace } = asked;
  const kube = await context.kube();
  const workloads = await observeWorkloads(kube, namespace, request.selector);
  const selection = planSelection(request, asked, workloads);
  const found = request.isDryRun
    ? undefined
    : await findRelease(
        kube,
        namespace,
        (attempt) => releaseName(request, pipeline, attempt),
        (release) => isStillSo(release, request.image, workloads),
      );
  const spec: ReleaseSpec = {
    ...selection,
    ...(request.isDryRun ? { dryRun: true } : {}),
    ...(request.waits ? { wait: true } : {}),
    cause: { user: request.user.slice(0, 512), message: commitMessage(request, pipeline).trim().slice(0, 4_096) },
  };
  const release = found?.done ?? (await follow(namespace, spec, found?.name, context));
  const refusal = refusalOf(release, request.targets.length > 0, request.image);
  if (refusal) throw refusal;
  if (request.waits) await awaitRollout(release, context);
  return { release, isEarlier: found?.done !== undefined };
}

/** The selector is read by the server, as kubectl has it. */
function observeWorkloads(kube: KubeClient, namespace: string, labelSelector: string | undefined): Promise<Workload[]> {
  if (labelSelector === undefined) return listWorkloads(kube, namespace);
  const list: KubeClient["list"] = (kind, options) => kube.list(kind, { ...options, labelSelector });
  return listWorkloads({ list }, namespace);
}

/** The name of the build's Release, and the Release where it is done and still so. */
async function findRelease(
  kube: KubeClient,
  namespace: string,
  nameOf: (attempt: number) => string,
  isSo: (release: Release) => boolean,
): Promise<{ name: string; done?: Release }> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const name = nameOf(attempt);
    const release = await findOne(kube, namespace, name);
    const phase = release?.status?.phase;
    if (release === undefined || (phase !== "Succeeded" && phase !== "Failed")) return { name };
    if (phase === "Succeeded" && isSo(release)) return { name, done: release };
  }
  const message = `this build has had ${maxAttempts} Releases, the last is ${nameOf(maxAttempts)}: start another build`;
  throw new ReleaseError("failed", message);
}

async function findOne(kube: KubeClient, namespace: string, name: string): Promise<Release | undefined> {
  try {
    return (await getObject(kube, releaseKind, namespace, name)) as Release;
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    throw error;
  }
}

/** Told as `eddy release` tells it. */
async function follow(
  namespace: string,
  spec: ReleaseSpec,
  name: string | undefined,
  context: CommandContext,
): Promise<Release> {
  let made: Release | undefined;
  const onEnded = (release: Release): void => {
    made = release;
  };
  const style = {
    noun: "workload",
    era: "final",
    verbosity: 0,
    ...(name === undefined ? {} : { name }),
    onEnded,
  } as const;
  try {
    await runRelease(namespace, spec, style, context);
  } catch (error) {
    if (!(error instanceof EddyError && error.code === "RELEASE_FAILED")) throw error;
    throw new ReleaseError(made && isRefused(made) ? "refused" : "failed", error.message, error);
  }
  if (made === undefined) throw new ReleaseError("failed", "the release ended without a result");
  return made;
}

/** Whether a repository or people said no. */
function isRefused({ status }: Release): boolean {
  const reason = findCondition(status?.conditions, "Ready")?.reason ?? "";
  return reason === "PushFailed" || reason === "ApprovalRefused";
}
