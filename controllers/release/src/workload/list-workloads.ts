import type { KubeObject } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { workloadKinds } from "./workload-kinds.ts";
import { readWorkload, sortWorkloads, type Workload } from "./workload.ts";

/**
 * The workloads of a namespace ("" is all), sorted by id. What add-on managers own is not shown, as Flux v1 did.
 * @throws KubeApiError
 */
export async function listWorkloads(kube: Pick<KubeClient, "list">, namespace: string): Promise<Workload[]> {
  const lists = await Promise.all(workloadKinds.map((kind) => listKind(kube, kind, namespace)));
  return sortWorkloads(lists.flat().filter(isShown).map(readWorkload));
}

async function listKind(
  kube: Pick<KubeClient, "list">,
  kind: (typeof workloadKinds)[number],
  namespace: string,
): Promise<KubeObject[]> {
  try {
    const { items } = await kube.list(kind, namespace === "" ? {} : { namespace });
    // Items of lists may leave out what the list says.
    return items.map((item) => ({ ...item, kind: kind.kind }));
  } catch (error) {
    if (hasReason(error, "NoKindMatch")) return [];
    throw error;
  }
}

function isShown({ metadata }: KubeObject): boolean {
  return !(metadata.namespace === "kube-system" && metadata.labels?.["addonmanager.kubernetes.io/mode"] !== undefined);
}
