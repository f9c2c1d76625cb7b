import type { Json, JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { dump } from "@eddy/goyaml";
import { Random } from "../random.ts";
import type { Report, SuiteOptions } from "../suite.ts";
import { runEddy, runFlux } from "./run-both.ts";
import { awaitServed, type CliWorld } from "./world.ts";

const namespace = "random";
const group = "example.com";
const objectsPerRound = 25;
const id = "random";

/** Random changes of random objects, printed by both. */
export async function compareRandomDiffs(world: CliWorld, report: Report, options: SuiteOptions): Promise<void> {
  const random = new Random(options.seed);
  await prepare(world);
  const endMs = performance.now() + options.budgetMs;
  for (let round = 0; performance.now() < endMs; round++) {
    const problem = await compareRound(world, random, round);
    if (problem === undefined) report.pass(`random changes ${round}`);
    else return report.fail(`random changes ${round} (seed ${options.seed})`, problem);
  }
}

async function compareRound(world: CliWorld, random: Random, round: number): Promise<string | undefined> {
  const labels = { "kustomize.toolkit.fluxcd.io/name": id, "kustomize.toolkit.fluxcd.io/namespace": namespace };
  const documents: string[] = [];
  for (let index = 0; index < objectsPerRound; index++) {
    const metadata = { name: `r${round}-${index}`, namespace, labels };
    const before = randomMap(random, 3);
    await world.kube.apply({ apiVersion: `${group}/v1`, kind: "Thing", metadata, spec: before } as KubeObject, {
      fieldManager: "kustomize-controller",
    });
    documents.push(dump({ apiVersion: `${group}/v1`, kind: "Thing", metadata, spec: changed(before, random) }));
  }
  world.write({ [`round-${round}/all.yaml`]: documents.join("---\n") });
  const folder = `${world.place.dir}/round-${round}`;
  const line = ["diff", "kustomization", id, "--path", folder, "-n", namespace, "--progress-bar=false"];
  const theirs = await runFlux(line, world.place);
  const ours = await runEddy(line, world.place);
  if (theirs.code > 1) return `flux failed: ${theirs.stderr}`;
  if (theirs.stdout === ours.stdout && theirs.code === ours.code) return undefined;
  return firstDifference(theirs.stdout, ours.stdout + ours.stderr);
}

function firstDifference(theirs: string, ours: string): string {
  const [left = [], right = []] = [theirs, ours].map((text) => text.split("\n"));
  const at = left.findIndex((line, index) => line !== right[index]);
  const around = (lines: readonly string[]): string => lines.slice(Math.max(0, at - 12), at + 8).join("\n");
  return `line ${at + 1}, theirs\n${around(left)}\nours\n${around(right)}`;
}

const words = [
  "a",
  "b c",
  "",
  "true",
  "-x",
  "a: b",
  "*",
  "x\ny\n",
  "x\nz\n",
  "x\ny\nz",
  " a ",
  "a\n",
  "ü",
  '"',
  "1",
  "null",
  "~",
  "0x1",
  "a,b",
  "&",
];
const keys = ["name", "key", "id", "a", "b", "type", "url", "source", "a/b", "x.y", "c_d", "10", "9"];

function randomValue(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 9 : 5);
  if (kind < 3) return random.pick(words);
  if (kind === 3) return random.below(4);
  if (kind === 4) return random.below(2) === 0;
  if (kind < 7) return randomMap(random, depth - 1);
  const named = random.below(2) === 0;
  const items = Array.from({ length: random.below(4) }, (_, index) =>
    named ? { ...randomMap(random, depth - 1), name: `n${index}` } : randomValue(random, depth - 1),
  );
  // Flux takes an empty map for an empty list where it compares items.
  return items.filter((item) => typeof item !== "object" || item === null || Object.keys(item).length > 0);
}

function randomMap(random: Random, depth: number): JsonObject {
  return Object.fromEntries(
    Array.from({ length: random.below(5) }, () => [random.pick(keys), randomValue(random, depth)]),
  );
}

/** The value with something else somewhere. */
function changed(value: Json, random: Random): Json {
  if (random.below(5) === 0) return sameKind(value, random);
  if (Array.isArray(value)) {
    const items = value.map((item) => (random.below(2) === 0 ? changed(item, random) : item));
    const fate = random.below(5);
    if (fate === 0) return items.toReversed();
    if (fate === 1) return items.slice(1);
    return fate === 2 ? [...items, ...items.slice(0, 1), randomValue(random, 1)] : items;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(() => random.below(6) > 0);
    const added = random.below(3) === 0 ? [[random.pick(keys), randomValue(random, 2)] as const] : [];
    return Object.fromEntries([
      ...entries.map(([key, item]) => [key, random.below(2) === 0 ? changed(item ?? null, random) : item] as const),
      ...added,
    ]);
  }
  return random.below(2) === 0 ? randomValue(random, 1) : value;
}

function sameKind(value: Json, random: Random): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? randomMap(random, 2)
    : randomValue(random, 2);
}

async function prepare({ kube }: CliWorld): Promise<void> {
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  await kube.create({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind: "Thing", plural: "things" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  });
  await awaitServed(kube, { group, kind: "Thing" });
  await kube.create({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: id, namespace },
    spec: { interval: "1m", prune: true, path: "./", sourceRef: { kind: "GitRepository", name: "repo" } },
  });
}
