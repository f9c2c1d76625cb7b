import type { ReleaseSpec } from "@eddy/api";
import { formatImage, parseImage } from "@eddy/core/image";
import type { ObjectContainer } from "@eddy/runtime/source-write";
import type { ImageAnswer, ImageRegistry, TagListing } from "../registry/image-registry.ts";
import type { Workload } from "../workload/workload.ts";
import { readFilter } from "./container-filter.ts";
import type { RegistryAnswers } from "./plan-images.ts";
import { sameRepository } from "./select-workloads.ts";

const concurrency = 8;
const unasked = { error: "the registry was not asked" };

/**
 * Asks registries all that the plan will want to know, each thing once. Nothing is taken from a scan: an image that was pushed a second
 * ago is there.
 */
export async function askRegistries(
  spec: ReleaseSpec,
  workloads: readonly Workload[],
  registry: ImageRegistry,
  signal?: AbortSignal,
): Promise<RegistryAnswers> {
  const [images, listings] = [new Map<string, ImageAnswer>(), new Map<string, TagListing>()];
  const questions = new Map<string, () => Promise<void>>();
  for (const workload of workloads)
    for (const container of workload.containers) {
      for (const image of targetsOf(spec, container)) {
        const key = `${namespaceOf(workload)} ${image}`;
        questions.set(key, async () => void images.set(key, await registry.resolve(image, workload.object, signal)));
      }
      if (!spec.updateAllImages || parsed(container)?.digest !== undefined) continue;
      const key = listingKey(container, workload);
      questions.set(
        key,
        async () =>
          void listings.set(
            key,
            await registry.listTags(container.image, workload.object, datedBy(container, workload), signal),
          ),
      );
    }
  const waiting = [...questions.values()];
  const work = async (): Promise<void> => {
    for (let ask = waiting.pop(); ask; ask = waiting.pop()) await ask();
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return {
    image: (image, workload) => images.get(`${namespaceOf(workload)} ${image}`) ?? unasked,
    tags: (container, workload) => listings.get(listingKey(container, workload)) ?? { tags: [], ...unasked },
  };
}

/** Pull secrets are a namespace's. */
function namespaceOf({ object }: Workload): string {
  return object.metadata.namespace ?? "";
}

function targetsOf(spec: ReleaseSpec, container: ObjectContainer): string[] {
  if (spec.containers)
    return spec.containers.filter(({ container: name }) => name === container.name).map(({ target }) => target);
  const own = parsed(container);
  if (spec.image === undefined || own === undefined || !sameRepository(container.image, spec.image)) return [];
  return [formatImage({ ...parseImage(spec.image), name: own.name })];
}

function parsed({ image }: ObjectContainer): ReturnType<typeof parseImage> | undefined {
  try {
    return parseImage(image);
  } catch {
    return undefined;
  }
}

function listingKey(container: ObjectContainer, workload: Workload): string {
  const { pattern } = readFilter(workload, container.name).policy;
  return JSON.stringify([namespaceOf(workload), parsed(container)?.name, parsed(container)?.tag, pattern]);
}

/** Which tags need dates: those that the filter lets pass, and what runs; none where versions are compared. */
function datedBy(container: ObjectContainer, workload: Workload): ((tag: string) => boolean) | undefined {
  const { rule } = readFilter(workload, container.name);
  if (!rule?.needsDates) return undefined;
  const current = parsed(container)?.tag;
  return (name) => {
    const key = rule.keyOf({ name, createdMs: 0 });
    return name === current || (!("reason" in key) && rule.refusalOf(key) === undefined);
  };
}
