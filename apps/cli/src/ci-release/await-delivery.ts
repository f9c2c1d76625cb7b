import { kustomizationKind, type Release, type WorkloadRelease } from "@eddy/api";
import { delay } from "@eddy/core/clock";
import { formatDuration } from "@eddy/core/duration";
import { formatImage } from "@eddy/core/image";
import { hasReason, type KubeClient } from "@eddy/kube";
import { deliverersOf, observeApplied, observeRollout, type Applied } from "@eddy/release-controller";
import { requestLook } from "@eddy/runtime/source-write";
import { kindRefOf } from "../cluster/objects.ts";
import type { CommandContext } from "../command/context.ts";
import { isReleased } from "./plan-cluster-release.ts";
import { namespacesOf, observeDelivery, type Delivery } from "./observe-delivery.ts";
import { ReleaseError } from "./release-error.ts";
import { repositoryAddress } from "./repository-address.ts";

const lookAgainMs = 1_000;

/** Resolves when the cluster can be asked. @throws ReleaseError exit code 2 for a cluster without Kustomizations; KubeApiError */
export async function requireCluster(kube: KubeClient): Promise<void> {
  try {
    await kube.resourceFor(kindRefOf(kustomizationKind));
  } catch (cause) {
    if (!hasReason(cause, "NoKindMatch")) throw cause;
    throw new ReleaseError("badInput", "wait needs a cluster with Eddy or Flux: it has no kind Kustomization", cause);
  }
}

/** Waits until everything that a Release concerned runs, also what an earlier one changed. @throws ReleaseError exit code 1 */
export async function awaitRollout(release: Release, context: CommandContext): Promise<void> {
  const kube = await context.kube();
  const concerned = (release.status?.workloads ?? []).filter(isReleased);
  const seen = releaseOf(release.spec.image ?? "", concerned, "");
  await poll(() => observeRollout(seen, { kube, clock: context.clock }), context);
}

/**
 * Waits until the Kustomizations that apply the image have the commit, and what runs it is rolled out. Level-based: what it saw before
 * does not matter.
 * @throws ReleaseError exit code 1 when it fails or takes longer than the timeout
 */
export async function awaitDelivery(delivery: Delivery, context: CommandContext): Promise<void> {
  const kube = await context.kube();
  const namespaces = namespacesOf(delivery, context.flags.namespace);
  let isRequested = false;
  await poll(async () => {
    const planned = await observeDelivery(delivery, namespaces, kube);
    if (planned.length === 0) return { kind: "failed", message: nothingRuns(delivery) };
    const seen = releaseOf(formatImage(delivery.request.image), planned, delivery.revision);
    if (!isRequested) await requestLookIfAllowed(seen, context);
    isRequested = true;
    const applied = await observeApplied(seen, { kube });
    return applied.kind === "applied" ? observeRollout(seen, { kube, clock: context.clock }) : applied;
  }, context);
}

function nothingRuns({ request, branch }: Delivery): string {
  return `no workload that comes from branch ${branch} of ${repositoryAddress(request.repo)} runs ${formatImage(request.image)}`;
}

/** A push is seen by itself in time: who may only read waits for that. */
async function requestLookIfAllowed(seen: Release, context: CommandContext): Promise<void> {
  try {
    await requestLook(deliverersOf(seen), { kube: await context.kube(), clock: context.clock });
  } catch (error) {
    if (!hasReason(error, "Forbidden")) throw error;
    context.status.warning("the login may not ask for a look at the repository: its interval or webhook is waited for");
  }
}

/** The form in which deliveries are observed; it is never sent to a cluster. */
function releaseOf(image: string, workloads: readonly WorkloadRelease[], revision: string): Release {
  const repositories = [...new Set(workloads.flatMap(({ repository }) => repository ?? []))];
  const changed = workloads.map((workload): WorkloadRelease => ({ ...workload, status: "success" }));
  const commits = repositories.map((repository) => ({ repository, revision, message: "", time: "" }));
  return {
    apiVersion: "eddy.sh/v1alpha1",
    kind: "Release",
    metadata: { name: "" },
    spec: { image },
    status: { workloads: changed, commits },
  };
}

/** Looks until it is so. A failure counts when it is seen twice: its parts were not read at one moment. */
async function poll(observe: () => Promise<Applied>, context: CommandContext): Promise<void> {
  const { clock, signal, flags, status } = context;
  const deadlineMs = clock.now() + flags.timeout;
  let last: Applied | undefined;
  for (;;) {
    const seen = await observe();
    if (seen.kind === "applied") return;
    if (seen.kind === "failed" && last?.kind === "failed") throw new ReleaseError("failed", seen.message);
    if (seen.kind === "waiting" && (last?.kind !== "waiting" || last.message !== seen.message))
      status.waiting(seen.message);
    if (clock.now() >= deadlineMs)
      throw new ReleaseError("failed", `took longer than ${formatDuration(flags.timeout)}: ${seen.message}`);
    last = seen;
    await delay(clock, lookAgainMs, signal);
  }
}
