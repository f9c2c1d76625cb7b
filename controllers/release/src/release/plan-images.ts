import type { ContainerRelease, ReleaseSpec, WorkloadRelease, WorkloadReleaseContainer } from "@eddy/api";
import { formatImage, parseImage, type Image } from "@eddy/core/image";
import { explainRefusal, judgeTag, selectTag, type RefusalReason } from "@eddy/image-policy";
import type { ObjectContainer } from "@eddy/runtime/source-write";
import type { ImageAnswer, TagListing } from "../registry/image-registry.ts";
import { formatWorkloadId, parseWorkloadId } from "../workload/workload-id.ts";
import type { Workload } from "../workload/workload.ts";
import { readFilter } from "./container-filter.ts";
import { sameRepository } from "./select-workloads.ts";

/** What registries said. */
export interface RegistryAnswers {
  /** Of the image that is asked for, or of a container's target. */
  image(image: string, workload: Workload): ImageAnswer;
  /** Tags of a container's repository, with dates where its filter needs them. */
  tags(container: ObjectContainer, workload: Workload): TagListing;
}

/** What becomes of one container. */
type ContainerVerdict =
  | { readonly kind: "change"; readonly change: WorkloadReleaseContainer }
  | { readonly kind: "current" }
  | { readonly kind: "none" }
  /** `failed` instead of skipped where somebody said what must be there. */
  | { readonly kind: "refused"; readonly reason: string; readonly isFailure?: true };

/** What becomes of one workload's images. Pure. Source: fluxcd/flux pkg/update/release_image.go, release_containers.go. */
export function planImages(
  spec: ReleaseSpec,
  namespace: string,
  workload: Workload,
  answers: RegistryAnswers,
): WorkloadRelease {
  const verdicts = spec.containers
    ? planContainers(spec.containers, namespace, workload, answers)
    : workload.containers.map((container) =>
        spec.image === undefined
          ? planNewest(container, workload, answers)
          : planImage(spec.image, container, workload, answers, spec),
      );
  return summarize(workload.id, spec, verdicts);
}

function summarize(id: string, spec: ReleaseSpec, verdicts: readonly ContainerVerdict[]): WorkloadRelease {
  const failure = verdicts.find((verdict) => verdict.kind === "refused" && verdict.isFailure);
  if (failure?.kind === "refused") return { id, status: "failed", reason: failure.reason };
  const containers = verdicts.flatMap((verdict) => (verdict.kind === "change" ? [verdict.change] : []));
  const refusals = verdicts.flatMap((verdict) => (verdict.kind === "refused" ? [verdict.reason] : []));
  if (containers.length > 0)
    return { id, status: "success", containers, ...(refusals.length === 0 ? {} : { reason: refusals.join("; ") }) };
  if (refusals.length > 0) return { id, status: "skipped", reason: refusals.join("; ") };
  if (verdicts.some(({ kind }) => kind === "current")) return { id, status: "skipped", reason: "image(s) up to date" };
  return { id, status: "ignored", reason: spec.image === undefined ? "does not use image(s)" : "a different image" };
}

/** Reasons that count only when a tag is to be chosen among others. */
const choosersReasons: ReadonlySet<RefusalReason> = new Set<RefusalReason>(["LatestTag", "NoCreationDate"]);

function planImage(
  image: string,
  container: ObjectContainer,
  workload: Workload,
  answers: RegistryAnswers,
  { force = false }: ReleaseSpec,
): ContainerVerdict {
  if (!sameRepository(container.image, image)) return { kind: "none" };
  const wanted = parseImage(image);
  const target = formatImage({ ...wanted, name: parseImage(container.image).name });
  if (target === container.image) return { kind: "current" };
  if (!force) {
    const reason = refusalOf(container, workload, wanted.tag);
    if (reason !== undefined) return { kind: "refused", reason };
  }
  return resolved(container, target, workload, answers);
}

/** A filter judges a tag; with a digest alone there is none to judge. */
function refusalOf({ name }: ObjectContainer, workload: Workload, tag: string | undefined): string | undefined {
  const { policy, shown, problem, isOpen } = readFilter(workload, name);
  if (isOpen || problem !== undefined) return problem;
  if (tag === undefined) return `${shown} cannot judge an image without a tag: use --force`;
  const refusal = judgeTag(policy, { name: tag });
  if (refusal === undefined || choosersReasons.has(refusal.reason)) return undefined;
  return `${shown} refuses it: ${explainRefusal(refusal)}`;
}

function resolved(
  { name, image }: ObjectContainer,
  target: string,
  workload: Workload,
  answers: RegistryAnswers,
): ContainerVerdict {
  const { digest, error } = answers.image(target, workload);
  if (error !== undefined) return { kind: "refused", reason: `cannot find one or more images: ${target}: ${error}` };
  const change = { container: name, current: image, target, ...(digest === undefined ? {} : { digest }) };
  return { kind: "change", change };
}

function planNewest(container: ObjectContainer, workload: Workload, answers: RegistryAnswers): ContainerVerdict {
  const own = readImage(container.image);
  if (!own) return { kind: "refused", reason: `image ${JSON.stringify(container.image)} cannot be read` };
  const { name, tag, digest } = own;
  if (digest !== undefined)
    return { kind: "refused", reason: `container ${JSON.stringify(container.name)} is held by a digest` };
  const { tags, error } = answers.tags(container, workload);
  if (error !== undefined) return { kind: "refused", reason: `cannot find one or more images: ${name}: ${error}` };
  const { policy, shown: filter, problem } = readFilter(workload, container.name);
  if (problem !== undefined) return { kind: "refused", reason: problem };
  // What the registry does not know can be neither newer nor older.
  const isKnown = tag !== undefined && tags.some((one) => one.name === tag);
  const selection = selectTag(policy, tags, isKnown ? { current: { name: tag } } : {});
  if (selection.outcome === "selected") {
    const found = selection.tag.digest === undefined ? {} : { digest: selection.tag.digest };
    const target = formatImage({ name, tag: selection.tag.name });
    return { kind: "change", change: { container: container.name, current: container.image, target, ...found } };
  }
  if (selection.outcome === "spoiled")
    return { kind: "refused", reason: `cannot find one or more images: ${filter}: ${explainRefusal(selection.by)}` };
  const passes = selection.outcome === "unchanged" || tags.some((one) => judgeTag(policy, one) === undefined);
  if (passes) return { kind: "current" };
  return { kind: "refused", reason: `cannot find one or more images: ${filter} lets none of ${tags.length} tags pass` };
}

/** What stands in the cluster may be no image at all. */
function readImage(image: string): Image | undefined {
  try {
    return parseImage(image);
  } catch {
    return undefined;
  }
}

function planContainers(
  asked: readonly ContainerRelease[],
  namespace: string,
  workload: Workload,
  answers: RegistryAnswers,
): ContainerVerdict[] {
  return asked
    .filter((one) => formatWorkloadId(parseWorkloadId(one.workload, namespace)) === workload.id)
    .map(({ container: name, current, target }): ContainerVerdict => {
      const container = workload.containers.find((one) => one.name === name);
      if (!container) return { kind: "refused", reason: `container(s) not found: ${name}`, isFailure: true };
      if (container.image === target) return { kind: "current" };
      if (container.image !== current) {
        const reason = `container(s) tag mismatch: ${name}: runs ${container.image}, want ${current}`;
        return { kind: "refused", reason, isFailure: true };
      }
      return resolved(container, target, workload, answers);
    });
}
