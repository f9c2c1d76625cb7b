import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crdOf, kinds, sourceGroup, type Artifact } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition, type Condition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane } from "@eddy/control-plane";
import { loadDocuments } from "@eddy/goyaml";
import type { KubeObject } from "@eddy/core/object";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { createArtifactStore } from "@eddy/runtime/artifact";
import { createCaches, defaultSettings } from "@eddy/runtime/controller";
import { createEventBus } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startSourceControllers } from "@eddy/source-controller";
import type { Report, SuiteOptions } from "../suite.ts";
import { startFluxController, type FluxController } from "../start-flux-controller.ts";
import { compareSeen, type ComparedCase } from "../tell-difference.ts";
import { repositoryRoot } from "../upstream.ts";

/** One object of a kind of source, and what it meets. */
export interface SourceScenario extends ComparedCase {
  spec: Readonly<Record<string, unknown>>;
  /** Secrets beside it: `stringData` and type by name. */
  secrets?: Readonly<Record<string, { type?: string; data: Readonly<Record<string, string>> }>>;
  /** Sources beside it, which settle first; those of a registry are static. */
  beside?: readonly { kind: string; name: string; spec: Readonly<Record<string, unknown>> }[];
  /** Something that is done once the first state was compared, for a second one. */
  next?: Readonly<Record<string, unknown>>;
}

/** What a kind of source has to be compared. */
export interface SourceKind {
  readonly kind: string;
  /** Of a message: without what upstream repeats of a server's answer and of its own folders. */
  comparable(message: string): string;
  /** Of the artifact: what is the same by nature. `storage` is the folder of that side's artifacts. */
  artifact(artifact: Artifact, storage: string): unknown;
}

interface SourceObject extends KubeObject {
  status?: {
    artifact?: Artifact;
    includedArtifacts?: Artifact[];
    conditions?: Condition[];
    lastHandledReconcileAt?: string;
    observedGeneration?: number;
  };
}

/** An API server with one of the two controllers. */
export interface Side {
  kube: KubeClient;
  storage: string;
  stop(): Promise<void>;
}

async function startSide(
  kind: string,
  storage: string,
  crds: readonly KubeObject[],
  startController: (kube: KubeClient, kubeconfig: string) => Promise<() => Promise<void>>,
): Promise<Side> {
  const plane = await startControlPlane({});
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  for (const crd of crds) await kube.apply(crd, { fieldManager: "conformance", force: true });
  await until(() => kube.resourceFor({ group: sourceGroup, kind }, { force: true }));
  const stopController = await startController(kube, plane.kubeconfig);
  return {
    kube,
    storage,
    async stop() {
      await stopController();
      await plane.stop();
      kube.close();
    },
  };
}

/** The definitions that come with the controller's module; it does not start without all of them. */
function upstreamCrds(): KubeObject[] {
  const listed = execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/fluxcd/source-controller"], {
    cwd: join(repositoryRoot, ".cache/upstream/build/source-controller"),
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  const folder = join(listed.trim(), "config/crd/bases");
  return readdirSync(folder).flatMap((file) =>
    loadDocuments(readFileSync(join(folder, file), "utf8")).map(({ value }) => value as unknown as KubeObject),
  );
}

async function startOurs(ours: readonly string[], kube: KubeClient, folder: string): Promise<() => Promise<void>> {
  const environment = { kube, clock: systemClock, logger: silentLogger };
  const caches = createCaches({ ...environment, namespace: "" });
  const artifacts = createArtifactStore({ storagePath: join(folder, "ours"), advertisedAddress: "127.0.0.1:1" });
  const rest = { events: createEventBus(() => undefined), metrics: createMetricsRegistry(), masker: createMasker() };
  const started = startSourceControllers(
    { ...environment, ...rest, caches, random: () => 0.5, settings: defaultSettings },
    { artifacts, kinds: ours },
  );
  const controllers = [...started.values()];
  await Promise.all(controllers.map(({ started }) => started));
  return async () => {
    await Promise.all(controllers.map((handle) => handle.stop()));
    caches.close();
  };
}

function startTheirs(program: string, kubeconfig: string, folder: string): FluxController {
  const storage = join(folder, "theirs");
  mkdirSync(storage);
  const flags = [`--storage-path=${storage}`, "--storage-addr=127.0.0.1:0", "--storage-adv-addr=127.0.0.1:1"];
  return startFluxController(program, { kubeconfig, folder, flags });
}

async function until<R>(look: () => Promise<R | undefined | false>, forMs = 30_000): Promise<R> {
  let last: unknown = "nothing yet";
  for (const end = performance.now() + forMs; performance.now() < end; await delay(systemClock, 50)) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`waited too long: ${messageOf(last)}`);
}

/** Flux's source-controller and ours, each on its own API server, for objects of the kind and of `others` beside it. */
export async function startBothSides(
  kind: string,
  program: string,
  folder: string,
  others: readonly string[] = [],
): Promise<readonly Side[]> {
  const names = [kind, ...others];
  const ours = kinds.filter((known) => names.includes(known.kind)).map((known) => crdOf(known) as KubeObject);
  return [
    await startSide(kind, join(folder, "theirs"), upstreamCrds(), async (_kube, kubeconfig) => {
      const controller = startTheirs(program, kubeconfig, folder);
      return () => controller.stop();
    }),
    await startSide(kind, join(folder, "ours"), ours, (kube) => startOurs(names, kube, folder)),
  ];
}

/** Observes the scenarios on both sides, and tells what differs. */
export async function compareSides(
  sides: readonly Side[],
  kind: SourceKind,
  scenarios: readonly SourceScenario[],
  { report, options }: { report: Report; options: SuiteOptions },
): Promise<void> {
  for (const [number, scenario] of scenarios.entries()) {
    if (options.filter !== undefined && !scenario.name.includes(options.filter)) continue;
    const [theirs, ours] = sides.map((side) => observe(scenario, number, side, kind));
    if (theirs && ours) await compareSeen(report, scenario, [theirs, ours]);
  }
}

/** Creates the object of a scenario and resolves what a watcher sees once it has settled, after `next`, and once it is suspended. */
async function observe(
  scenario: SourceScenario,
  number: number,
  { kube, storage }: Side,
  kind: SourceKind,
): Promise<unknown[]> {
  const namespace = `${kind.kind.toLowerCase()}-${number}`;
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  for (const [name, { type, data }] of Object.entries(scenario.secrets ?? {})) {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData: data };
    await kube.create(type === undefined ? secret : { ...secret, type });
  }
  for (const source of scenario.beside ?? []) await createBeside(source, namespace, kube);
  const key = { group: sourceGroup, kind: kind.kind, namespace, name: "app" };
  const object = { apiVersion: `${sourceGroup}/v1`, kind: kind.kind, metadata: { name: "app", namespace } };
  await kube.create({ ...object, spec: { interval: "1h", ...scenario.spec } });
  const look = async (generation?: number): Promise<unknown> => {
    await until(async () => settled(await kube.get<SourceObject>(key), generation));
    // Upstream writes conditions and the rest of a status one after the other.
    await delay(systemClock, 200);
    return summary(await kube.get<SourceObject>(key), kind, storage);
  };
  const lookSuspended = async (): Promise<unknown> => {
    const annotations = { "reconcile.fluxcd.io/requestedAt": "suspended" };
    const { metadata } = await kube.patch(key, "merge", { metadata: { annotations }, spec: { suspend: true } });
    await until(async () => {
      const { status } = await kube.get<SourceObject>(key);
      const isSeen = status?.conditions === undefined || status.observedGeneration === metadata.generation;
      return isSeen && status?.lastHandledReconcileAt === "suspended";
    });
    await delay(systemClock, 200);
    return summary(await kube.get<SourceObject>(key), kind, storage);
  };
  const seen = scenario.spec["suspend"] === true ? [] : [await look()];
  if (scenario.next) {
    const { metadata } = await kube.patch(key, "merge", { spec: scenario.next as never });
    seen.push(await look(metadata.generation));
  }
  seen.push(await lookSuspended());
  await kube.delete(key);
  return seen;
}

async function createBeside(
  { kind, name, spec }: NonNullable<SourceScenario["beside"]>[number],
  namespace: string,
  kube: KubeClient,
): Promise<void> {
  const object = { apiVersion: `${sourceGroup}/v1`, kind, metadata: { name, namespace } };
  await kube.create({ ...object, spec: { interval: "1h", ...spec } });
  if (spec["type"] === "oci") return;
  const key = { group: sourceGroup, kind, namespace, name };
  await until(async () => settled(await kube.get<SourceObject>(key)));
}

function settled(object: SourceObject, generation = 1): SourceObject | undefined {
  const ready = findCondition(object.status?.conditions, "Ready");
  if (!ready || ready.status === "Unknown" || ready.observedGeneration !== generation) return undefined;
  return ready.status === "False" || object.status?.observedGeneration === generation ? object : undefined;
}

/** The status without what differs by nature: times, digests and sizes of other compressors. */
function summary({ metadata, status }: SourceObject, kind: SourceKind, storage: string): unknown {
  const { artifact, includedArtifacts, conditions, ...rest } = status ?? {};
  return {
    finalizers: metadata.finalizers,
    conditions: (conditions ?? [])
      .map(
        ({ type, status: is, reason, message, observedGeneration: of }) =>
          `${type}=${is}/${reason} of ${of}: ${kind.comparable(message)}`,
      )
      .sort(),
    artifact: artifact && kind.artifact(artifact, storage),
    included: includedArtifacts?.map((each) => kind.artifact(each, storage)),
    observed: rest,
  };
}
