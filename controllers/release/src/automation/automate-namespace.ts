import { eddyGroup, type Release } from "@eddy/api";
import type { ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { askRegistries } from "../release/ask-registries.ts";
import { approvalRefused } from "../release/release-votes.ts";
import { releaseControllerName } from "../release/controller.ts";
import type { ReleasePorts } from "../release/ports.ts";
import { listWorkloads } from "../workload/list-workloads.ts";
import { isAutomated, planAutomation } from "./plan-automation.ts";

/** A change that failed is tried again after this long. */
const retryAfterMs = 10 * 60_000;

/**
 * Looks for newer images of a namespace's automated workloads, and asks for them by one Release. Idempotent. Answers with its name.
 * @throws KubeApiError
 */
export async function automateNamespace(
  namespace: string,
  { kube, registry, clock }: Pick<ReleasePorts, "kube" | "registry" | "clock">,
  signal: AbortSignal,
): Promise<string | undefined> {
  const workloads = (await listWorkloads(kube, namespace)).filter(isAutomated);
  if (workloads.length === 0) return undefined;
  const answers = await askRegistries({ updateAllImages: true }, workloads, registry, signal);
  const wanted = planAutomation(namespace, workloads, answers);
  if (!wanted || signal.aborted) return undefined;
  const { name, spec } = wanted;
  const labels = { "app.kubernetes.io/managed-by": releaseControllerName };
  try {
    const object = {
      apiVersion: `${eddyGroup}/v1alpha1`,
      kind: "Release",
      metadata: { name, namespace, labels },
      spec,
    };
    await kube.create(object as unknown as Release, { fieldManager: releaseControllerName });
  } catch (error) {
    if (!hasReason(error, "AlreadyExists")) throw error;
    await forgetFailed({ group: eddyGroup, kind: "Release", namespace, name }, { kube, clock });
    return undefined;
  }
  return name;
}

/** A release that succeeded stays, and one that people refused: what a person put back is not to be changed again. */
async function forgetFailed(ref: ObjectRef, { kube, clock }: Pick<ReleasePorts, "kube" | "clock">): Promise<void> {
  const { status } = await kube.get<Release>(ref);
  const isOld = Date.parse(status?.completionTime ?? "") + retryAfterMs < clock.now();
  const isRefused = status?.conditions?.some(({ reason }) => reason === approvalRefused) === true;
  if (status?.phase === "Failed" && isOld && !isRefused) await kube.delete(ref);
}
