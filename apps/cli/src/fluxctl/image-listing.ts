import { parseImage } from "@eddy/core/image";
import { isTagName, type Tag, type TagRule } from "@eddy/image-policy";
import { readFilter, type ImageRegistry, type Workload } from "@eddy/release-controller";

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
    const isDated = (tag: string): boolean => isTagName(tag);
    const { tags, error } = await registry.listTags(image, workload.object, isDated, signal);
    containers.push({ name, repository, current, tags: sortTags(tags, readFilter(workload, name).rule), error });
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
export function sortTags(tags: readonly Tag[], filter: TagRule | undefined): Tag[] {
  const byVersion = filter?.needsDates === false ? filter : undefined;
  const keyed = tags.map((tag) => ({ tag, key: byVersion?.keyOf(tag) }));
  return keyed
    .toSorted((left, right) => {
      const [one, other] = [left.key, right.key];
      if (byVersion && one && other && "text" in one && "text" in other) return byVersion.compare(other, one);
      if (one && other && "text" in one !== "text" in other) return "text" in one ? -1 : 1;
      const dates = (right.tag.createdMs ?? -1) - (left.tag.createdMs ?? -1);
      return dates === 0 ? (left.tag.name < right.tag.name ? -1 : 1) : dates;
    })
    .map(({ tag }) => tag);
}
