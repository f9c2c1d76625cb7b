import { delay, systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { startRegistry, type Registry, type RegistryAnswer } from "@eddy/registry";
import { quantile, type Measurement } from "../measurement.ts";
import { observe, type Observer } from "../world/observer.ts";
import type { Peer } from "../world/peers.ts";
import { namespace } from "../world/repository.ts";
import { startWorld, type World } from "../world/world.ts";

const count = 200;
const tagsEach = 1_000;
const repeats = 20;
const settleMs = 20_000;
const windowMs = 120_000;
const group = "image.toolkit.fluxcd.io";
const policyKind = { group, kind: "ImagePolicy" };

/**
 * So many image repositories of a thousand tags each, looked at every six hours, as behind a registry that calls: what they take,
 * what is asked of the registry while nothing happens, and how fast a tag is selected once its repository is told of it.
 */
export async function images(peer: Peer): Promise<Measurement[]> {
  const tags = createTags();
  const registry = await startRegistry({ intercept: ({ url }) => tags.answer(url) });
  const world = await startWorld(peer);
  try {
    await delay(systemClock, settleMs);
    const base = world.processes.usage();
    const policies = await observe(world.client, policyKind);
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: count }, (_, index) => create(world, registry, index)));
    const selectedMs = await policies.until("every policy has selected", allSelected, 120_000);
    await delay(systemClock, settleMs);
    const [before, asked] = [world.processes.usage(), registry.requests().length];
    await delay(systemClock, windowMs);
    world.processes.assertAlive();
    const [after, askedThen] = [world.processes.usage(), registry.requests().length];
    const reactions = await series(world, policies, tags);
    policies.stop();
    const what = `${count} image repositories of ${tagsEach} tags`;
    const hours = windowMs / 3_600_000;
    return [
      { what: `${what}: created → all selected`, value: (selectedMs - startedMs) / 1_000, unit: "s" },
      { what: `${what}: resident above the base`, value: after.rssMiB - base.rssMiB, unit: "MiB", want: "≤ 60" },
      {
        what: `${what}: requests to the registry at rest`,
        value: (askedThen - asked) / (windowMs / 1_000),
        unit: "requests/s",
        want: "≤ 0.017",
      },
      { what: `${what}: CPU at rest`, value: (after.cpuSeconds - before.cpuSeconds) / hours, unit: "CPU-s/h" },
      { what: "request after a new tag → policy, p50", value: quantile(reactions, 0.5), unit: "ms" },
      { what: "request after a new tag → policy, p90", value: quantile(reactions, 0.9), unit: "ms" },
    ];
  } finally {
    await world.stop();
    await registry.stop();
  }
}

interface Tags {
  /** The list of a repository's tags. */
  answer(url: string): RegistryAnswer | undefined;
  add(repository: string, tag: string): void;
}

function createTags(): Tags {
  const added = new Map<string, string[]>();
  return {
    answer(url) {
      const repository = /^\/v2\/(.*)\/tags\/list/.exec(url)?.[1];
      if (repository === undefined) return undefined;
      const own = Array.from({ length: tagsEach }, (_, index) => `1.0.${index}-${repository}`);
      return {
        status: 200,
        body: JSON.stringify({ name: repository, tags: [...own, ...(added.get(repository) ?? [])] }),
      };
    },
    add: (repository, tag) => void added.set(repository, [...(added.get(repository) ?? []), tag]),
  };
}

const nameOf = (index: number): string => `image-${String(index).padStart(3, "0")}`;

async function create({ client }: World, registry: Registry, index: number): Promise<void> {
  const name = nameOf(index);
  const object = (kind: string, spec: object): KubeObject => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, namespace },
    spec,
  });
  await client.create(object("ImageRepository", { image: `${registry.host}/${name}`, interval: "6h" }));
  const policy = { semver: { range: ">=1.0.0-0" } };
  await client.create(object("ImagePolicy", { imageRepositoryRef: { name }, policy }));
}

type Objects = ReadonlyMap<string, KubeObject>;
const tagOf = (object: KubeObject): unknown => valueAt(object, "status", "latestRef", "tag");

function allSelected(objects: Objects): boolean {
  return objects.size === count && [...objects.values()].every((object) => tagOf(object) !== undefined);
}

/** Milliseconds from the annotation, which is what a webhook leaves, to the selected tag. */
async function series({ client }: World, policies: Observer, tags: Tags): Promise<number[]> {
  const samples: number[] = [];
  for (let run = 0; run < repeats; run++) {
    const [name, tag] = [nameOf(run % count), `2.0.${run}`];
    tags.add(name, tag);
    const isSelected = (objects: Objects): boolean =>
      [...objects.values()].some((object) => object.metadata.name === name && tagOf(object) === tag);
    const from = performance.now();
    const annotations = { "reconcile.fluxcd.io/requestedAt": `${run}` };
    const ref = { group, kind: "ImageRepository", namespace, name };
    const [to] = await Promise.all([
      policies.until(`${name} has selected ${tag}`, isSelected, 20_000),
      client.patch(ref, "merge", { metadata: { annotations } }),
    ]);
    samples.push(to - from);
  }
  return samples;
}
