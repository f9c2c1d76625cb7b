import { delay, systemClock } from "@eddy/core/clock";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { startRegistry } from "@eddy/registry";
import { quantile, type Measurement } from "../measurement.ts";
import { observe, type Observer } from "../world/observer.ts";
import type { Peer } from "../world/peers.ts";
import { callReceiver, createReceiver } from "../world/receiver.ts";
import { gitRepository, isReady, kustomizationKind, namespace } from "../world/repository.ts";
import { startWorld, type World } from "../world/world.ts";

const repeats = 15;
const pauseMs = 1_000;
const group = "image.toolkit.fluxcd.io";
const policyKind = { group, kind: "ImagePolicy" };
const deploymentKind = { group: "apps", kind: "Deployment" };
const name = "web";

/**
 * A pushed tag's way: the registry calls, the policy selects, the automation commits, the object changes. Flux does not look at a
 * repository that its own automation pushed to: there the Git server calls, too, as forges do.
 */
export async function imageUpdates(peer: Peer): Promise<Measurement[]> {
  const tags = ["1.0.0"];
  const registry = await startRegistry({
    intercept: ({ url }) =>
      url.includes("/tags/list") ? { status: 200, body: JSON.stringify({ name, tags }) } : undefined,
  });
  let onPush = (): void => undefined;
  const world = await startWorld(peer, {
    onPush: () => onPush(),
  });
  try {
    const image = `${registry.host}/${name}`;
    await createObjects(world, image);
    const hook = await createReceiver(world.client, "registry", "harbor", { kind: "ImageRepository", name });
    const forge = await createReceiver(world.client, "forge", "generic", { kind: "GitRepository", name: "bench" });
    const [policies, deployments] = [
      await observe(world.client, policyKind),
      await observe(world.client, deploymentKind),
    ];
    await settled(world, policies, deployments, `${image}:1.0.0`);
    const samples: Sample[] = [];
    for (let run = 1; run <= repeats; run++) {
      await delay(systemClock, pauseMs);
      const tag = `1.0.${run}`;
      tags.push(tag);
      const pushed = new Promise<number>((resolve) => {
        onPush = () => {
          resolve(performance.now());
          if (peer.name !== "Eddy") void callReceiver(forge);
        };
      });
      const startMs = performance.now();
      const chosen = policies.until(`the policy chose ${tag}`, (all) => hasTag(all, tag), 60_000);
      const changed = deployments.until(`${tag} is applied`, (all) => hasImage(all, `${image}:${tag}`), 120_000);
      const [chosenMs, pushedMs, changedMs] = await Promise.all([chosen, pushed, changed, callReceiver(hook)]);
      samples.push({ commit: pushedMs - chosenMs, change: changedMs - startMs });
    }
    world.processes.assertAlive();
    policies.stop();
    deployments.stop();
    const [commits, changes] = [samples.map(({ commit }) => commit), samples.map(({ change }) => change)];
    return [
      { what: "registry webhook → changed Deployment, p50", value: quantile(changes, 0.5), unit: "ms", want: "≤ 1300" },
      { what: "registry webhook → changed Deployment, p90", value: quantile(changes, 0.9), unit: "ms" },
      { what: "policy → commit, p50", value: quantile(commits, 0.5), unit: "ms", want: "≤ 1000" },
      { what: "policy → commit, p90", value: quantile(commits, 0.9), unit: "ms" },
    ];
  } finally {
    await world.stop();
    await registry.stop();
  }
}

/** Milliseconds from the policy's choice to the pushed commit, and from the call to the object in the cluster. */
interface Sample {
  readonly commit: number;
  readonly change: number;
}

async function createObjects({ client, git }: World, image: string): Promise<void> {
  const { url } = await git.createRepository("bench", { "apps/web.yaml": deployment(`${image}:1.0.0`) });
  const object = (kind: string, spec: object): KubeObject => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, namespace },
    spec,
  });
  const apiVersion = "kustomize.toolkit.fluxcd.io/v1";
  const sourceRef = { kind: "GitRepository", name: "bench" };
  const spec = { interval: "1h", path: "./apps", prune: true, sourceRef };
  await client.create(gitRepository(url, "1h"));
  await client.create({ apiVersion, kind: "Kustomization", metadata: { name, namespace }, spec });
  await client.create(object("ImageRepository", { image, interval: "1h", insecure: true }));
  const policy = { semver: { range: ">=1.0.0" } };
  await client.create(object("ImagePolicy", { imageRepositoryRef: { name }, policy }));
  const git1 = { commit: { author: { name: "Bench", email: "bench@example.org" } }, push: { branch: "main" } };
  const update = { path: "./apps", strategy: "Setters" };
  await client.create(object("ImageUpdateAutomation", { interval: "1h", sourceRef, git: git1, update }));
}

function deployment(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: ${name}
          image: ${image} # {"$imagepolicy": "${namespace}:${name}"}
`;
}

async function settled(world: World, policies: Observer, deployments: Observer, image: string): Promise<void> {
  await policies.until("the policy has chosen", (all) => hasTag(all, "1.0.0"), 60_000);
  await deployments.until("the first image is applied", (all) => hasImage(all, image), 60_000);
  for (const kind of [kustomizationKind, { group, kind: "ImageUpdateAutomation" }]) {
    const observer = await observe(world.client, kind);
    await observer.until(`${kind.kind} is ready`, (all) => [...all.values()].some(isReady), 60_000);
    observer.stop();
  }
}

type Objects = ReadonlyMap<string, KubeObject>;

function hasTag(objects: Objects, tag: string): boolean {
  return [...objects.values()].some((object) => valueAt(object, "status", "latestRef", "tag") === tag);
}

function hasImage(objects: Objects, image: string): boolean {
  return [...objects.values()].some(
    (object) => valueAt(object, "spec", "template", "spec", "containers", 0, "image") === image,
  );
}
