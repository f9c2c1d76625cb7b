import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, gitRepositoryKind, kustomizationKind, sourceGroup, type Kustomization } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { digestOf } from "@eddy/core/digest";
import { deepEqual } from "@eddy/core/json";
import { memoryTree } from "@eddy/core/tree";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { createArtifactServer, createArtifactStore, type ArtifactStore } from "@eddy/runtime/artifact";
import { listInventory } from "@eddy/runtime/inventory";
import { startRealControlPlane, type RealControlPlane } from "../real-control-plane.ts";
import type { Report, SuiteOptions } from "../suite.ts";
import { upstreamProgram } from "../upstream.ts";
import { startOurs, startTheirs, type Stop } from "./controllers.ts";
import { brokenManifests, manifests, otherWords } from "./manifests.ts";

const namespace = "takeover";
const everyMs = 100;
const timeoutMs = 60_000;
const manyApps = 100;
const manyTimeoutMs = 240_000;

interface Stage {
  kube: KubeClient;
  artifacts: ArtifactStore;
  theirs(): Promise<Stop>;
  ours(): Promise<Stop>;
}

/** Runs the suite where the programs are there. */
export async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "kustomize-controller");
  const plane = program && (await startRealControlPlane({ upstreamBin: options.upstreamBin ?? "" }));
  if (!program || !plane)
    return report.skip("all cases", "kustomize-controller or the real control plane is not built: npm run upstream");
  const folder = mkdtempSync(join(tmpdir(), "eddy-takeover-"));
  const storagePath = join(folder, "storage");
  const server = await createArtifactServer({ storagePath, port: 0, host: "127.0.0.1" });
  const artifacts = createArtifactStore({ storagePath, advertisedAddress: `127.0.0.1:${server.port}` });
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const stage: Stage = {
    kube,
    artifacts,
    theirs: () => startTheirs(program, plane.kubeconfig, { folder, namespace }),
    ours: () => startOurs(kube, artifacts, namespace),
  };
  try {
    await prepare(kube);
    await handOver(stage, report);
    await compareFailures(stage, report);
    await handOverMany(stage, report);
  } finally {
    await close(kube, plane);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function close(kube: KubeClient, plane: RealControlPlane): Promise<void> {
  kube.close();
  await plane.stop();
}

/** Flux applies, Eddy takes over, Flux gets it back: no object may be written, and the status stays what it was. */
async function handOver(stage: Stage, report: Report): Promise<void> {
  const { kube } = stage;
  await publish(stage, "app", manifests(namespace));
  await create(kube, "app", "app", { postBuild: { substitute: { color: "blue", number: "7" } } });
  const observe = async (
    start: () => Promise<Stop>,
    value: string,
  ): Promise<{ versions: unknown; status: unknown }> => {
    const stop = await start();
    try {
      const object = await request(kube, "app", value);
      return { versions: await versionsOf(kube, object), status: lastingStatus(object) };
    } finally {
      await stop();
    }
  };
  const flux = await observe(stage.theirs, "1");
  const eddy = await observe(stage.ours, "2");
  const back = await observe(stage.theirs, "3");
  expectEqual(report, "Eddy takes over from Flux without a write", flux.versions, eddy.versions);
  expectEqual(report, "Flux takes over from Eddy without a write", eddy.versions, back.versions);
  expectEqual(report, "the status says the same: conditions, inventory, digest, revisions", flux.status, eddy.status);
}

/** The same with many: each start sees all of them, and writes none of their objects. */
async function handOverMany(stage: Stage, report: Report): Promise<void> {
  const { kube } = stage;
  const map = (name: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: b }\n`;
  await publish(stage, "many", { "a.yaml": `${map("one")}---\n${map("two")}` });
  const names = Array.from({ length: manyApps }, (_, index) => `many-${index}`);
  for (const name of names) await create(kube, name, "many", { namePrefix: `${name}-`, targetNamespace: namespace });
  const observe = async (start: () => Promise<Stop>, value: string): Promise<Record<string, unknown>> => {
    const stop = await start();
    try {
      await requestAll(kube, names, value);
      const { items } = await kube.list({ group: "", kind: "ConfigMap" }, { namespace });
      const applied = items.filter(({ metadata }) => metadata.name.startsWith("many-"));
      return Object.fromEntries(applied.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
    } finally {
      await stop();
    }
  };
  const flux = await observe(stage.theirs, "many-1");
  const eddy = await observe(stage.ours, "many-2");
  const again = await observe(stage.ours, "many-3");
  const back = await observe(stage.theirs, "many-4");
  expectEqual(report, `Flux applies ${manyApps} apps`, Object.keys(flux).length, 2 * manyApps);
  expectEqual(report, `Eddy takes over ${manyApps} apps without a write`, flux, eddy);
  expectEqual(report, `a second Eddy takes over ${manyApps} apps without a write`, eddy, again);
  expectEqual(report, `Flux takes ${manyApps} apps back without a write`, again, back);
}

/** Asks for a pass of each, and waits for all. */
async function requestAll(kube: KubeClient, names: readonly string[], value: string): Promise<void> {
  const kind = { group: kustomizationKind.group, kind: "Kustomization", version: "v1" };
  const annotations = { "reconcile.fluxcd.io/requestedAt": value };
  for (const name of names) await kube.patch({ ...kind, namespace, name }, "merge", { metadata: { annotations } });
  for (let waitedMs = 0; waitedMs < manyTimeoutMs; waitedMs += 5 * everyMs) {
    const { items } = await kube.list<Kustomization>(kind, { namespace });
    const isDone = (object: Kustomization): boolean =>
      object.status?.lastHandledReconcileAt === value && readyOf(object).startsWith("True");
    if (items.filter(isDone).length === names.length) return;
    await delay(systemClock, 5 * everyMs);
  }
  throw new Error(`not all of ${names.length} Kustomizations were ready within ${manyTimeoutMs} ms`);
}

/** What cannot be applied: the same reason and message from both. */
async function compareFailures(stage: Stage, report: Report): Promise<void> {
  const cases = Object.entries(brokenManifests(namespace));
  for (const [index, [, files]] of cases.entries()) {
    await publish(stage, `broken-${index}`, files);
    await create(stage.kube, `broken-${index}`);
  }
  const observe = async (start: () => Promise<Stop>, value: string): Promise<string[]> => {
    const stop = await start();
    try {
      return await Promise.all(
        cases.map(async (_, index) => readyOf(await request(stage.kube, `broken-${index}`, value))),
      );
    } finally {
      await stop();
    }
  };
  const theirs = await observe(stage.theirs, "1");
  const ours = await observe(stage.ours, "2");
  for (const [index, [name]] of cases.entries()) {
    // Theirs names temporary folders in a failed build.
    const [said = "", own = ""] = [theirs[index], ours[index]].map((text) => text?.replaceAll(temporaryFolder, ""));
    tellFailure(report, name, said, own);
  }
}

const temporaryFolder = /[^\s'"]*\/kustomization-\d+\/?/g;

function tellFailure(report: Report, name: string, theirs: string, ours: string): void {
  const label = `${name} fails in the same words`;
  const why = otherWords[name];
  // The condition and its reason are the same in any case.
  const isSameReason = deepEqual(theirs.split(" ", 2), ours.split(" ", 2));
  if (why !== undefined && theirs !== ours && isSameReason) report.skip(label, why);
  else if (why !== undefined && theirs === ours) report.fail(label, "does not differ any more: compare it");
  else expectEqual(report, label, theirs, ours);
}

function expectEqual(report: Report, name: string, theirs: unknown, ours: unknown): void {
  if (deepEqual(theirs, ours)) report.pass(name);
  else report.fail(name, `theirs ${JSON.stringify(theirs)}, ours ${JSON.stringify(ours)}`);
}

async function prepare(kube: KubeClient): Promise<void> {
  for (const kind of [gitRepositoryKind, kustomizationKind]) await kube.create(crdOf(kind));
  // Flux does not start without the kinds of every source.
  const others = { OCIRepository: "ocirepositories", Bucket: "buckets", ExternalArtifact: "externalartifacts" };
  for (const [kind, plural] of Object.entries(others)) await kube.create(openDefinition(kind, plural));
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  for (const kind of [...Object.keys(others), "GitRepository"]) await served(kube, sourceGroup, kind);
  await served(kube, kustomizationKind.group, "Kustomization");
}

function openDefinition(kind: string, plural: string): Parameters<KubeClient["create"]>[0] {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const names = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` };
  const versions = [{ name: "v1", served: true, storage: true, schema }];
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${sourceGroup}` },
    spec: { group: sourceGroup, scope: "Namespaced", names, versions },
  };
}

async function served(kube: KubeClient, group: string, kind: string): Promise<void> {
  const isServed = (): Promise<boolean> =>
    kube.list({ group, kind }, { limit: 1 }).then(
      () => true,
      () => false,
    );
  const force = (): Promise<unknown> => kube.resourceFor({ group, kind }, { force: true }).catch(() => undefined);
  for (let waitedMs = 0; !(await isServed()) && waitedMs < timeoutMs; waitedMs += everyMs) {
    await delay(systemClock, everyMs);
    await force();
  }
}

async function publish({ kube, artifacts }: Stage, name: string, files: Record<string, string>): Promise<void> {
  const commit = digestOf(JSON.stringify(files)).slice(7, 47);
  const content = { revision: `main@sha1:${commit}`, fileName: `${commit}.tar.gz`, tree: memoryTree(files) };
  const { artifact } = await artifacts.put({ kind: "GitRepository", namespace, name }, content);
  const object = { apiVersion: `${sourceGroup}/v1`, kind: "GitRepository", metadata: { name, namespace } };
  await kube.create({ ...object, spec: { interval: "1h", url: "https://example.org/app.git" } });
  const key = { group: sourceGroup, kind: "GitRepository", version: "v1", namespace, name };
  await kube.patch(key, "merge", { status: { artifact: artifact as never } }, { subresource: "status" });
}

async function create(kube: KubeClient, name: string, source = name, more: object = {}): Promise<void> {
  const spec = { interval: "1h", prune: true, sourceRef: { kind: "GitRepository", name: source }, ...more };
  await kube.create({
    apiVersion: `${kustomizationKind.group}/v1`,
    kind: "Kustomization",
    metadata: { name, namespace },
    spec,
  });
}

async function request(kube: KubeClient, name: string, value: string): Promise<Kustomization> {
  const key = { group: kustomizationKind.group, kind: "Kustomization", version: "v1", namespace, name };
  await kube.patch(key, "merge", { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": value } } });
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    const object = await kube.get<Kustomization>(key);
    const isDone = object.status?.lastHandledReconcileAt === value && hasEnded(object);
    if (isDone || waitedMs > timeoutMs) return object;
    await delay(systemClock, everyMs);
  }
}

/** Theirs writes its conditions first, and what they speak of after that. */
function hasEnded(object: Kustomization): boolean {
  const ready = readyOf(object);
  if (ready.startsWith("True")) return object.status?.observedGeneration === object.metadata.generation;
  return !ready.startsWith("Unknown");
}

function readyOf({ status }: Kustomization): string {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return `${ready?.status ?? "Unknown"} ${ready?.reason} ${ready?.message.trimEnd()}`;
}

async function versionsOf(kube: KubeClient, { status }: Kustomization): Promise<Record<string, string | undefined>> {
  const objects = listInventory(status?.inventory?.entries);
  const versions = await Promise.all(
    objects.map(
      async ({ ref, version }) =>
        [`${ref.kind}/${ref.name}`, (await kube.get({ ...ref, version })).metadata.resourceVersion] as const,
    ),
  );
  return Object.fromEntries(versions);
}

function lastingStatus({ status }: Kustomization): unknown {
  const { conditions, inventory, history, lastAppliedRevision, lastAttemptedRevision, observedGeneration } =
    status ?? {};
  const said = conditions?.map(({ type, status: state, reason, message }) => [type, state, reason, message]);
  const digests = history?.map(({ digest, lastReconciledStatus, metadata }) => [
    digest,
    lastReconciledStatus,
    metadata,
  ]);
  return { said, inventory, digests, lastAppliedRevision, lastAttemptedRevision, observedGeneration };
}
