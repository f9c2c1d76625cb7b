import { delay, systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { startRegistry, type Registry, type RegistryAnswer } from "@eddy/registry";
import { quantile, type Measurement } from "../measurement.ts";
import { requestNow } from "../measure.ts";
import { observe, type Observer } from "../world/observer.ts";
import type { Peer } from "../world/peers.ts";
import { namespace } from "../world/repository.ts";
import { startWorld, type World } from "../world/world.ts";
import { imageUpdates } from "./image-updates.ts";

const count = 200;
const tagsEach = 1_000;
const repeats = 20;
const settleMs = 20_000;
const windowMs = 120_000;
const group = "image.toolkit.fluxcd.io";
const policyKind = { group, kind: "ImagePolicy" };
const [largeName, largeCount, largeRepeats] = ["large", 50_000, 5];
const healthUrl = "http://127.0.0.1:19740/healthz";

/** The way of a pushed tag; of Eddy also what many repositories take. */
export async function images(peer: Peer): Promise<Measurement[]> {
  const ways = await imageUpdates(peer);
  return peer.name === "Eddy" ? [...ways, ...(await manyRepositories(peer))] : ways;
}

/**
 * So many image repositories of a thousand tags each, looked at every six hours, as behind a registry that calls: what they take,
 * what is asked of the registry while nothing happens, and how fast a tag is selected once its repository is told of it.
 */
async function manyRepositories(peer: Peer): Promise<Measurement[]> {
  const tags = createTags();
  const registry = await startRegistry({ intercept: ({ url }) => tags.answer(url) });
  const world = await startWorld(peer);
  try {
    await delay(systemClock, settleMs);
    const base = world.processes.usage();
    const policies = await observe(world.client, policyKind);
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: count }, (_, index) => create(world, registry, nameOf(index))));
    const selectedMs = await policies.until("every policy has selected", allSelected, 120_000);
    await delay(systemClock, settleMs);
    const [before, asked] = [world.processes.usage(), registry.requests().length];
    await delay(systemClock, windowMs);
    world.processes.assertAlive();
    const [after, askedThen] = [world.processes.usage(), registry.requests().length];
    const reactions = await series(world, policies, tags);
    const beside = await besideLarge(world, policies, tags, registry);
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
      { what: "the same beside a repository of 50,000 tags that is listed, p50", value: beside.reactionMs, unit: "ms" },
      { what: "longest wait for an answer while 50,000 tags are listed and judged", value: beside.waitMs, unit: "ms" },
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
      if (repository === largeName) return largePage(url, added.get(repository)?.length ?? 0);
      const own = Array.from({ length: tagsEach }, (_, index) => `1.0.${index}-${repository}`);
      return {
        status: 200,
        body: JSON.stringify({ name: repository, tags: [...own, ...(added.get(repository) ?? [])] }),
      };
    },
    add: (repository, tag) => void added.set(repository, [...(added.get(repository) ?? []), tag]),
  };
}

/** A thousand tags a page; the last page has what was added. */
function largePage(url: string, addedCount: number): RegistryAnswer {
  const at = Number(/[?&]last=(\d+)/.exec(url)?.[1] ?? 0);
  const [next, end] = [at + tagsEach, largeCount + addedCount];
  const tags = Array.from({ length: Math.min(next, end) - at }, (_, index) => `1.${at + index}.0`);
  const link = next < end ? { headers: { link: `</v2/${largeName}/tags/list?n=1000&last=${next}>; rel="next"` } } : {};
  return { status: 200, body: JSON.stringify({ name: largeName, tags }), ...link };
}

const nameOf = (index: number): string => `image-${String(index).padStart(3, "0")}`;

async function create({ client }: World, registry: Registry, name: string): Promise<void> {
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
  for (let run = 0; run < repeats; run++) samples.push(await react(client, policies, tags, nameOf(run), `2.0.${run}`));
  return samples;
}

async function react(
  client: World["client"],
  policies: Observer,
  tags: Tags,
  name: string,
  tag: string,
): Promise<number> {
  tags.add(name, tag);
  const from = performance.now();
  const [to] = await Promise.all([
    policies.until(`${name} has selected ${tag}`, (objects) => hasSelected(objects, name, tag), 60_000),
    client.patch({ group, kind: "ImageRepository", namespace, name }, "merge", requestNow(`${from}`)),
  ]);
  return to - from;
}

function hasSelected(objects: Objects, name: string, tag: string): boolean {
  return [...objects.values()].some((object) => object.metadata.name === name && tagOf(object) === tag);
}

/** What others feel while a large repository is listed and judged: how fast their tags are selected, and an answer comes. */
async function besideLarge(
  world: World,
  policies: Observer,
  tags: Tags,
  registry: Registry,
): Promise<{ reactionMs: number; waitMs: number }> {
  const { client } = world;
  await create(world, registry, largeName);
  const newest = (more: number): string => `1.${largeCount - 1 + more}.0`;
  const isSelected = (objects: Objects): boolean => hasSelected(objects, largeName, newest(0));
  await policies.until("the large repository's policy has selected", isSelected, 120_000);
  const reactions: number[] = [];
  const over = new AbortController();
  let waitMs = 0;
  const probe = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const from = performance.now();
      await (await fetch(healthUrl)).text();
      waitMs = Math.max(waitMs, performance.now() - from);
    }
  };
  const work = async (): Promise<void> => {
    for (let run = 1; run <= largeRepeats; run++) {
      const [reactionMs] = await Promise.all([
        react(client, policies, tags, nameOf(repeats + run), `2.1.${run}`),
        react(client, policies, tags, largeName, newest(run)),
      ]);
      reactions.push(reactionMs);
    }
  };
  await Promise.all([probe(), work().finally(() => over.abort())]);
  return { reactionMs: quantile(reactions, 0.5), waitMs };
}
