import type { ContainerRelease, Release, ReleaseSpec, WorkloadRelease } from "@eddy/api";
import { canonicalNameOf, formatImage, parseImage, type Image } from "@eddy/core/image";
import { formatWorkloadId, parseWorkloadId, type Workload } from "@eddy/release-controller";
import type { ClusterRequest, WorkloadTarget } from "./cluster-request.ts";
import { ReleaseError, type exitCodes } from "./release-error.ts";

/** What one namespace is asked for: a Release changes no other. */
export interface NamespaceTargets {
  readonly namespace: string;
  readonly targets: readonly WorkloadTarget[];
}

/** Targets by namespace, sorted; `own` is that of targets without. Pure. */
export function targetsByNamespace(targets: readonly WorkloadTarget[], own: string): NamespaceTargets[] {
  if (targets.length === 0) return [{ namespace: own, targets: [] }];
  const namespaces = [...new Set(targets.map(({ object }) => object.namespace ?? own))].toSorted();
  return namespaces.map((namespace) => ({
    namespace,
    targets: targets.filter(({ object }) => (object.namespace ?? own) === namespace),
  }));
}

/** The id of what a target names. @throws EddyError WORKLOAD_ID (terminal) */
export function idOf({ object }: WorkloadTarget, namespace: string): string {
  return formatWorkloadId(parseWorkloadId(`${object.kind}/${object.name}`, namespace));
}

/**
 * What is to be changed in a namespace. `workloads`: what is there, of a selector only what it selects. Pure.
 * @throws ReleaseError exit code 2 for what is not there
 */
export function planSelection(
  { image, selector }: Pick<ClusterRequest, "image" | "selector">,
  { namespace, targets }: NamespaceTargets,
  workloads: readonly Workload[],
): Pick<ReleaseSpec, "all" | "workloads" | "image" | "containers"> {
  const wanted = formatImage(image);
  if (selector !== undefined && workloads.length === 0)
    throw new ReleaseError("badInput", `no workload of namespace ${namespace} has the labels ${selector}`);
  if (selector !== undefined) return { workloads: workloads.map(({ id }) => id), image: wanted };
  if (targets.length === 0) return { all: true, image: wanted };
  if (targets.every(({ container }) => container === undefined))
    return { workloads: [...new Set(targets.map((target) => idOf(target, namespace)))], image: wanted };
  return { containers: targets.flatMap((target) => containersOf(target, image, namespace, workloads)) };
}

/** A container is released by what it must run now. */
function containersOf(
  target: WorkloadTarget,
  image: Image,
  namespace: string,
  workloads: readonly Workload[],
): ContainerRelease[] {
  const workload = idOf(target, namespace);
  const there = workloads.find(({ id }) => id === workload)?.containers ?? [];
  const chosen = there.filter(({ name, image: current }) =>
    target.container === undefined ? hasName(current, image) : name === target.container,
  );
  if (chosen.length === 0)
    throw new ReleaseError("badInput", `no such target in namespace ${namespace}: ${target.text}`);
  return chosen.map(({ name: container, image: current }) => ({
    workload,
    container,
    current,
    target: isImage(current, image) ? current : formatImage(image),
  }));
}

/** Whether an image as a workload has it is of the same name. What cannot be read is of none. */
export function hasName(current: string, { name }: Image): boolean {
  try {
    return canonicalNameOf(parseImage(current).name) === canonicalNameOf(name);
  } catch {
    return false;
  }
}

/** Whether it is what is released, however it is spelled. */
export function isImage(current: string, image: Image): boolean {
  if (!hasName(current, image)) return false;
  const { tag, digest } = parseImage(current);
  const isTag = image.tag === undefined || tag === image.tag;
  return isTag && (image.digest === undefined || digest === image.digest);
}

/** In the words of the release controller. */
const upToDate = "image(s) up to date";

/** Whether a release changed it, or found it as it was to be. */
export function isReleased({ status, reason }: WorkloadRelease): boolean {
  return status === "success" || (status === "skipped" && reason === upToDate);
}

/**
 * Whether an earlier release saw to all that was asked for, and it is still so: somebody may have gone back since, or mended what was in
 * the way. Pure.
 */
export function isStillSo(release: Release, image: Image, workloads: readonly Workload[]): boolean {
  const seen = (release.status?.workloads ?? []).filter(({ status }) => status !== "ignored");
  const done = seen.filter(isReleased);
  if (done.length === 0 || done.length < seen.length) return false;
  return done.every(({ id, containers }) => {
    const there = workloads.find((workload) => workload.id === id)?.containers ?? [];
    const concerned = containers
      ? there.filter(({ name }) => containers.some(({ container }) => container === name))
      : there.filter((container) => hasName(container.image, image));
    return there.length > 0 && concerned.every((container) => isImage(container.image, image));
  });
}

/** Why an end that the controller calls a success is none for a pipeline: what it named was not released. Pure. */
export function refusalOf({ spec, status }: Release, isNamed: boolean, image: Image): ReleaseError | undefined {
  const all = status?.workloads ?? [];
  const asked = new Set([...(spec.workloads ?? []), ...(spec.containers ?? []).map(({ workload }) => workload)]);
  const refused = all.filter((one) => !isReleased(one) && (asked.has(one.id) || spec.all === true));
  const told = isNamed ? refused : refused.filter(({ status: what }) => what !== "ignored");
  const isAnyDone = all.some(isReleased);
  const [first] = told;
  if (first && (isNamed || !isAnyDone)) {
    const why = first.status === "ignored" ? `it uses ${first.reason ?? "no such image"}` : (first.reason ?? "");
    return new ReleaseError(kindOf(first), `release ${first.id}: ${why}`);
  }
  if (isAnyDone) return undefined;
  return new ReleaseError("badInput", `no workload that was asked for uses the image ${image.name}`);
}

/** By the words of the controller's reasons. */
function kindOf({ status, reason = "" }: WorkloadRelease): keyof typeof exitCodes {
  if (reason.startsWith("cannot find one or more images")) return "notInRegistry";
  if (reason.startsWith("not found in repository") || reason.startsWith("container(s) not found")) return "badInput";
  if (status === "ignored") return "badInput";
  return status === "skipped" ? "refused" : "failed";
}
