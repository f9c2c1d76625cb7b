import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { watchUntil } from "@eddy/runtime/testing";
import { run as runProgram, runEddy, type CommandResult } from "../end-to-end/eddy-command.ts";
import { pushImage, startImageWorld, type ImageWorld } from "../image-world.ts";
import type { Report } from "../suite.ts";

interface Stage {
  readonly world: ImageWorld;
  /** Words of fluxctl; the cluster is added. */
  eddy(...words: readonly string[]): Promise<CommandResult>;
  /** `git` in the served repository. */
  git(...words: readonly string[]): Promise<string>;
}

const namespace = "shop";
const workload = `${namespace}:deployment/frontend`;
const key = { group: "apps", kind: "Deployment", namespace, name: "frontend" };
const repositoryName = "org/frontend";

/** Runs every step in order; a step that fails keeps no later one from being tried. */
export async function run(report: Report): Promise<void> {
  const world = await startImageWorld();
  if (!world) return report.skip("all steps", "the real control plane is not built: npm run upstream");
  const server = await startGitServer({ dir: join(world.dir, "git") });
  try {
    const stage = await prepare(world, server);
    for (const [name, step] of steps) {
      try {
        await step(stage);
        report.pass(name);
      } catch (error) {
        report.fail(name, messageOf(error));
      }
    }
  } finally {
    await server.stop();
    await world.stop();
  }
}

const steps: readonly (readonly [string, (stage: Stage) => Promise<void>])[] = [
  ["list-images shows what runs and what there is", listImages],
  ["release --update-image --watch is a commit, an apply and a rollout", release],
  ["the same release again does nothing", again],
  ["a locked workload is refused, by name", lock],
  ["ci release --mode=api --wait is a Release, a commit and a rollout, once; who may not is refused", ciRelease],
  ["an automated workload follows what is pushed, and only what its filter takes", automate],
  ["who may not create Releases releases nothing", forbidden],
];

async function prepare(world: ImageWorld, server: GitServer): Promise<Stage> {
  for (const tag of ["1.0.0", "1.1.0"]) pushImage(world.registry, repositoryName, tag);
  const { url, path } = await server.createRepository("fleet", { "frontend.yaml": manifest(imageOf(world, "1.0.0")) });
  const metadata = { name: "fleet", namespace };
  await world.kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await world.kube.create({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata,
    spec: { interval: "1h", url, ref: { branch: "main" } },
  } as KubeObject);
  const sourceRef = { kind: "GitRepository", name: "fleet" };
  await world.kube.create({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata,
    spec: { interval: "1h", path: "./", prune: true, sourceRef },
  } as KubeObject);
  await untilRunning(world, "1.0.0");
  return {
    world,
    eddy: (...words) => runEddy([...words, "--kubeconfig", world.kubeconfig]),
    git: async (...words) => (await runProgram("git", ["-C", path, ...words])).stdout.trim(),
  };
}

function manifest(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: frontend # who asks first
  namespace: ${namespace}
spec:
  replicas: 2
  selector: { matchLabels: { app: frontend } }
  template:
    metadata: { labels: { app: frontend } }
    spec:
      containers:
        - name: web
          image: "${image}" # released by hand
`;
}

function imageOf({ registry }: ImageWorld, tag: string): string {
  return `${registry.host}/${repositoryName}:${tag}`;
}

/** Two replicas of the image, and the cluster says so of the newest generation. */
async function untilRunning(world: ImageWorld, tag: string): Promise<void> {
  await watchUntil(world.kube, systemClock, key, (object) => {
    const counts = ["updatedReplicas", "replicas", "readyReplicas"].map((field) => valueAt(object, "status", field));
    return (
      valueAt(object, "spec", "template", "spec", "containers", 0, "image") === imageOf(world, tag) &&
      valueAt(object, "status", "observedGeneration") === object?.metadata.generation &&
      counts.every((count) => count === 2)
    );
  });
}

async function listImages({ eddy }: Stage): Promise<void> {
  const { code, stdout, stderr } = await eddy("list-images", "--workload", workload);
  equal(code, 0, stderr);
  const tags = stdout.split("\n").flatMap((line) => /(\||'->|^ +) +(\d\.\d\.\d)/.exec(line)?.[2] ?? []);
  deepEqual(tags.toSorted(), ["1.0.0", "1.1.0"]);
  match(stdout, /'-> 1\.0\.0/);
}

async function release({ world, eddy, git }: Stage): Promise<void> {
  const before = await git("rev-parse", "main");
  const image = imageOf(world, "1.1.0");
  const { code, stdout, stderr } = await eddy(
    "release",
    `--workload=${workload}`,
    `--update-image=${image}`,
    "--user=Jane <jane@example.org>",
    "--message=Ship it",
    "--watch",
  );
  equal(code, 0, stderr);
  match(stdout, /shop:deployment\/frontend +success +web: .*org\/frontend:1\.0\.0 -> 1\.1\.0/);
  equal(await git("log", "-1", "--format=%P|%an|%s", "main"), `${before}|Jane|Ship it`);
  equal(await git("show", "main:frontend.yaml"), manifest(image).trim());
  await untilRunning(world, "1.1.0");
  const sets = await world.kube.list({ group: "apps", kind: "ReplicaSet" }, { namespace });
  const replicas = sets.items.map((set) => Number(valueAt(set, "spec", "replicas")));
  deepEqual(
    replicas.toSorted((left, right) => left - right),
    [0, 2],
  );
  const [made] = (await world.kube.list({ group: "eddy.sh", kind: "Release" }, { namespace })).items;
  equal(valueAt(made, "status", "phase") ?? "Succeeded", "Succeeded");
}

async function again({ world, eddy, git }: Stage): Promise<void> {
  const before = await git("rev-parse", "main");
  const { stderr } = await eddy("release", `--workload=${workload}`, `--update-image=${imageOf(world, "1.1.0")}`);
  equal(await git("rev-parse", "main"), before, stderr);
}

async function lock({ world, eddy, git }: Stage): Promise<void> {
  equal((await eddy("lock", `--workload=${workload}`, "--user=Jane", "--message=holidays")).code, 0);
  const before = await git("rev-parse", "main");
  const { stdout, stderr } = await eddy(
    "release",
    `--workload=${workload}`,
    `--update-image=${imageOf(world, "1.0.0")}`,
  );
  match(stdout + stderr, /locked/);
  equal(await git("rev-parse", "main"), before);
  equal((await eddy("unlock", `--workload=${workload}`)).code, 0);
}

/** The pipeline's last step, against the cluster: one build, run twice. */
async function ciRelease({ world, eddy, git }: Stage): Promise<void> {
  const before = await git("rev-parse", "main");
  pushImage(world.registry, repositoryName, "1.1.1");
  const image = imageOf(world, "1.1.1");
  const words = ["ci", "release", "--mode=api", `--image=${image}`, `--target=${workload}`, "--registry-insecure=true"];
  const stranger = await eddy(...words, "--as=somebody");
  deepEqual([stranger.code, await git("rev-parse", "main")], [4, before], stranger.stderr);
  const { code, stdout, stderr } = await eddy(...words, "--wait", "--message=Ship the fix");
  equal(code, 0, stderr);
  match(stdout, /^### released .*org\/frontend:1\.1\.1/);
  match(stderr, /rolled out/);
  equal(await git("log", "-1", "--format=%P|%s", "main"), `${before}|Ship the fix`);
  equal(await git("show", "main:frontend.yaml"), manifest(image).trim());
  await untilRunning(world, "1.1.1");
  const head = await git("rev-parse", "main");
  const repeated = await eddy(...words, "--wait", "--message=Ship the fix");
  deepEqual([repeated.code, await git("rev-parse", "main")], [0, head], repeated.stderr);
  match(repeated.stderr, /nothing to do/);
}

async function automate({ world, eddy, git }: Stage): Promise<void> {
  const policy = await eddy("policy", `--workload=${workload}`, "--tag=web=semver:~1", "--automate");
  equal(policy.code, 0, policy.stderr);
  pushImage(world.registry, repositoryName, "2.0.0");
  pushImage(world.registry, repositoryName, "1.2.0");
  // The registry is asked once a minute where nothing tells of it: a look is asked for, as a registry's webhook does.
  const { stderr } = await eddy("release", `--workload=${workload}`, "--update-all-images");
  await untilRunning(world, "1.2.0").catch((error: unknown) => {
    throw new Error(`${messageOf(error)}; ${stderr}`, { cause: error });
  });
  match(await git("show", "main:frontend.yaml"), /fluxcd\.io\/tag\.web: ['"]?semver:~1/);
}

async function forbidden({ world, git }: Stage): Promise<void> {
  const before = await git("rev-parse", "main");
  const words = ["release", `--workload=${workload}`, "--update-all-images", "--kubeconfig", world.kubeconfig];
  const { code, stderr } = await runEddy([...words, "--as", "somebody"]);
  equal(code, 1);
  match(stderr, /cannot (list|get|create)|forbidden/);
  equal(await git("rev-parse", "main"), before);
}
