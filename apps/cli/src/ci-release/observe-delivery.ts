import type { WorkloadRelease } from "@eddy/api";
import { formatImage, type Image } from "@eddy/core/image";
import type { KubeClient } from "@eddy/kube";
import { listWorkloads, type Workload } from "@eddy/release-controller";
import { resolveOrigin, type GitOrigin } from "@eddy/runtime/source-write";
import { hasName, idOf, isImage } from "./plan-cluster-release.ts";
import type { ReleaseRequest } from "./release-request.ts";
import { repositoryAddress } from "./repository-address.ts";

/** What a push is to bring about. `revision`: `<branch>@sha1:<hex>`. */
export interface Delivery {
  readonly request: Pick<ReleaseRequest, "image" | "targets" | "repo">;
  readonly branch: string;
  readonly revision: string;
}

/** Namespaces of the targets; "", which is all, where neither they nor `own` tell. Pure. */
export function namespacesOf({ request }: Delivery, own: string | undefined): string[] {
  const named = request.targets.map((target) =>
    target.kind === "workload" ? (target.object.namespace ?? own ?? "") : (own ?? ""),
  );
  const all = [...new Set(named.length === 0 ? [own ?? ""] : named)];
  return all.includes("") ? [""] : all;
}

/** The workloads that are to run the image, as a plan. What the commit left as it was is not among them. */
export async function observeDelivery(
  delivery: Delivery,
  namespaces: readonly string[],
  kube: KubeClient,
): Promise<WorkloadRelease[]> {
  const { image } = delivery.request;
  const origins = new Map<string, GitOrigin>();
  for (const { id, object } of await listAll(kube, namespaces)) {
    const origin = await resolveOrigin(object, kube);
    if (origin.form === "git" && comesFrom(origin, delivery)) origins.set(id, origin);
  }
  // Read after the Kustomizations: what they have applied is to be seen in these.
  return (await listAll(kube, namespaces)).flatMap((workload) => {
    const origin = origins.get(workload.id);
    if (!origin || workload.antecedent !== undefined || !isTarget(workload, delivery)) return [];
    const hasCommit = origin.kustomization.status?.lastAppliedRevision === delivery.revision;
    const isNamed = delivery.request.targets.some(({ kind }) => kind === "workload");
    const containers = containersOf(workload, delivery);
    const runs = containers.some(({ current }) => isImage(current, image));
    return containers.length === 0 || (!isNamed && hasCommit && !runs)
      ? []
      : [plannedOf(workload.id, origin, containers)];
  });
}

async function listAll(kube: KubeClient, namespaces: readonly string[]): Promise<Workload[]> {
  return (await Promise.all(namespaces.map((namespace) => listWorkloads(kube, namespace)))).flat();
}

function comesFrom({ repository, branch }: GitOrigin, delivery: Delivery): boolean {
  const isRepository = repositoryAddress(repository.spec.url) === repositoryAddress(delivery.request.repo);
  return isRepository && branch === delivery.branch;
}

function isTarget({ id, object }: Workload, { request }: Delivery): boolean {
  const named = request.targets.filter((target) => target.kind === "workload");
  if (named.length === 0 || named.length < request.targets.length) return true;
  const namespace = object.metadata.namespace ?? "";
  return named.some((target) => (target.object.namespace ?? namespace) === namespace && idOf(target, namespace) === id);
}

type Containers = NonNullable<WorkloadRelease["containers"]>;

function containersOf(workload: Workload, { request: { image, targets } }: Delivery): Containers {
  const namespace = workload.object.metadata.namespace ?? "";
  const own = targets.filter((target) => target.kind === "workload" && idOf(target, namespace) === workload.id);
  const names = own.flatMap((target) => (target.kind === "workload" ? (target.container ?? []) : []));
  return workload.containers
    .filter(({ name, image: current }) => (names.length > 0 ? names.includes(name) : hasName(current, image)))
    .map(({ name: container, image: current }) => ({ container, current, target: spelled(current, image) }));
}

function spelled(current: string, image: Image): string {
  return isImage(current, image) ? current : formatImage(image);
}

function plannedOf(id: string, { kustomization, repository }: GitOrigin, containers: Containers): WorkloadRelease {
  const keyOf = ({ metadata }: { metadata: { namespace?: string; name: string } }): string =>
    `${metadata.namespace ?? ""}/${metadata.name}`;
  return {
    id,
    status: "success",
    containers,
    kustomization: keyOf(kustomization),
    repository: keyOf(repository),
  };
}
