import { parseImage } from "@eddy/core/image";
import { compilePolicy, isTagName, tagPatternOf, type Policy, type Tag } from "@eddy/image-policy";
import type { ImageRegistry, Workload } from "@eddy/release-controller";

/** A container's images, in the order of its filter. */
export interface ContainerListing {
  readonly name: string;
  /** As it is spelled, without tag; "" where nothing is known. */
  readonly repository: string;
  /** Undefined for an image without a tag. */
  readonly current: string | undefined;
  /** All that the registry has, newest first. */
  readonly tags: readonly Tag[];
  /** Why there are none. */
  readonly error: string | undefined;
}

/** A workload's. */
export interface WorkloadListing {
  readonly workload: Workload;
  readonly containers: readonly ContainerListing[];
}

/** Asks the registries for what a workload could run. */
export async function listImages(
  workload: Workload,
  registry: ImageRegistry,
  signal: AbortSignal,
): Promise<WorkloadListing> {
  const containers: ContainerListing[] = [];
  for (const { name, image } of workload.containers) {
    const { name: repository, tag: current } = readImage(image);
    const pattern = tagPatternOf(workload.policies.fluxV1, name);
    const isDated = (tag: string): boolean => isTagName(tag);
    const { tags, error } = await registry.listTags(image, workload.object, isDated, signal);
    containers.push({ name, repository, current, tags: sortTags(tags, { form: "pattern", pattern }), error });
  }
  return { workload, containers };
}

function readImage(image: string): { name: string; tag?: string } {
  try {
    return parseImage(image);
  } catch {
    return { name: image };
  }
}

/** By version where versions are filtered, else the newest first; what has no date or version comes last, by name. */
export function sortTags(tags: readonly Tag[], policy: Policy & { form: "pattern" }): Tag[] {
  const rule = policy.pattern.form === "semver" ? compilePolicy(policy) : undefined;
  const keyed = tags.map((tag) => ({ tag, key: rule?.keyOf(tag) }));
  return keyed
    .toSorted((left, right) => {
      if (left.key && right.key && rule && "text" in left.key && "text" in right.key)
        return rule.compare(right.key, left.key);
      if (left.key && right.key && "text" in left.key !== "text" in right.key) return "text" in left.key ? -1 : 1;
      const dates = (right.tag.createdMs ?? -1) - (left.tag.createdMs ?? -1);
      return dates === 0 ? (left.tag.name < right.tag.name ? -1 : 1) : dates;
    })
    .map(({ tag }) => tag);
}
