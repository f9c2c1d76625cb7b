import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { helmGroup, kinds, requestedAtAnnotation, type HelmRelease, type HelmReleaseSpec } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { startHelmController } from "@eddy/helm-controller";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { createArtifactStore } from "@eddy/runtime/artifact";
import { createCaches, defaultSettings } from "@eddy/runtime/controller";
import { createEventBus, recordEvents } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startRealControlPlane } from "./real-control-plane.ts";
import { serveKinds } from "./serve-kinds.ts";
import { startFluxController } from "./start-flux-controller.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { tellDifference, type ComparedCase } from "./tell-difference.ts";
import { upstreamProgram } from "./upstream.ts";

/** A HelmRelease that has nothing to release yet, beside others. */
interface Scenario extends ComparedCase {
  spec: Partial<HelmReleaseSpec>;
  /** Another one, which is there before. */
  first?: Partial<HelmReleaseSpec>;
}

const chart = { spec: { chart: "app", sourceRef: { kind: "HelmRepository", name: "none" } } } as const;
const chartRef = { kind: "OCIRepository", name: "none" } as const;
const otherParser = "what does not parse is worded by another library";

const scenarios: readonly Scenario[] = [
  { name: "a chart of a repository that is not there", spec: { chart } },
  { name: "a chart of an OCIRepository that is not there", spec: { chartRef } },
  { name: "a chart of a HelmChart that is not there", spec: { chartRef: { kind: "HelmChart", name: "none" } } },
  { name: "depends on one that is not there", spec: { chartRef, dependsOn: [{ name: "nobody" }] } },
  { name: "depends on one that is not ready", first: { chart }, spec: { chartRef, dependsOn: [{ name: "first" }] } },
  {
    name: "depends on one that is suspended",
    first: { chart, suspend: true },
    spec: { chartRef, dependsOn: [{ name: "first" }] },
  },
  {
    name: "a dependency whose expression says no",
    first: { chart },
    spec: { chartRef, dependsOn: [{ name: "first", readyExpr: "dep.metadata.name == self.metadata.name" }] },
  },
  {
    name: "a dependency whose expression fails",
    first: { chart },
    spec: { chartRef, dependsOn: [{ name: "first", readyExpr: "dep.metadata.labels['none'] == 'x'" }] },
  },
  {
    name: "a dependency whose expression does not parse",
    first: { chart },
    spec: { chartRef, dependsOn: [{ name: "first", readyExpr: "dep." }] },
    differs: otherParser,
  },
  {
    name: "a health check that does not parse",
    spec: { chartRef, healthCheckExprs: [{ apiVersion: "v1", kind: "ConfigMap", current: "data.a ==" }] },
    differs: otherParser,
  },
  { name: "suspended from the start", spec: { chartRef, suspend: true } },
];

const served = kinds.filter(({ group }) => group === helmGroup || group.startsWith("source."));
const sideLabel = "conformance.eddy.sh/side";
const sides = ["theirs", "ours"] as const;
type Side = (typeof sides)[number];
/** How long an object has to stay as it is to count as settled. */
const settlingMs = 1_000;

/** What HelmReleases say while they wait for what they need, and once they are suspended, on one real kube-apiserver. */
export const suite: Suite = {
  name: "helm-prerequisites",
  summary: "statuses and events of HelmReleases that cannot begin, against Flux's helm-controller",
  async run(report: Report, options: SuiteOptions) {
    const program = upstreamProgram(options, "helm-controller");
    const plane = program && (await startRealControlPlane({ upstreamBin: options.upstreamBin ?? "" }));
    if (!program || !plane)
      return report.skip("all cases", "helm-controller or the real control plane is not built: npm run upstream");
    const folder = mkdtempSync(join(tmpdir(), "eddy-helm-prerequisites-"));
    const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
    await serveKinds(kube, served);
    const flags = [`--watch-label-selector=${sideLabel}=theirs`];
    const theirs = startFluxController(program, { kubeconfig: plane.kubeconfig, folder, flags });
    const stopOurs = await startOurs(kube, folder);
    try {
      const wanted = [...scenarios.entries()].filter(([, { name }]) => name.includes(options.filter ?? ""));
      await Promise.all(wanted.map(([number, scenario]) => compare(kube, number, scenario, report)));
    } finally {
      await theirs.stop();
      await stopOurs();
      kube.close();
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function startOurs(kube: KubeClient, folder: string): Promise<() => Promise<void>> {
  const environment = { kube, clock: systemClock, logger: silentLogger };
  const caches = createCaches({ ...environment, namespace: "" });
  const events = createEventBus(() => undefined);
  const recorder = recordEvents(events, { ...environment, delayMs: 10, repeatEveryMs: 10 });
  const settings = { ...defaultSettings, labelSelector: `${sideLabel}=ours` };
  const rest = { metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5, settings };
  const artifacts = createArtifactStore({ storagePath: join(folder, "ours"), advertisedAddress: "127.0.0.1:1" });
  const handle = startHelmController({ ...environment, ...rest, caches, events }, { artifacts });
  await handle.started;
  return async () => {
    await handle.stop();
    recorder.stop();
    caches.close();
  };
}

async function compare(kube: KubeClient, number: number, scenario: Scenario, report: Report): Promise<void> {
  const [theirs, ours] = await Promise.all(
    sides.map((side) => observe(kube, `${side}-${number}`, side, scenario).catch((error) => messageOf(error))),
  );
  tellDifference(report, scenario, theirs, ours);
}

async function observe(kube: KubeClient, namespace: string, side: Side, { first, spec }: Scenario): Promise<unknown> {
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const create = async (name: string, own: Partial<HelmReleaseSpec>): Promise<void> => {
    const metadata = { name, namespace, labels: { [sideLabel]: side } };
    await kube.create({
      apiVersion: `${helmGroup}/v2`,
      kind: "HelmRelease",
      metadata,
      spec: { interval: "1h", ...own },
    } as KubeObject);
    await settled(kube, { ...releases, namespace, name });
  };
  if (first) await create("first", first);
  await create("app", spec);
  const key = { ...releases, namespace, name: "app" };
  const waiting = summary(await settled(kube, key), namespace);
  const annotations = { [requestedAtAnnotation]: "7" };
  await kube.patch(key, "merge", { spec: { suspend: true }, metadata: { annotations } });
  const suspended = summary(await settled(kube, key), namespace);
  return { waiting, suspended, told: await told(kube, namespace) };
}

const releases = { group: helmGroup, kind: "HelmRelease", version: "v2" };

async function settled(kube: KubeClient, key: ObjectRef): Promise<HelmRelease> {
  for (let last: HelmRelease | undefined; ;) {
    const object = await kube.get<HelmRelease>(key);
    if (object.metadata.resourceVersion === last?.metadata.resourceVersion) return object;
    last = object;
    await delay(systemClock, settlingMs);
  }
}

function summary({ metadata, status = {} }: HelmRelease, namespace: string): unknown {
  const { conditions = [], ...rest } = status;
  const said = conditions.map(
    ({ type, status: is, reason, message, observedGeneration }) =>
      `${type}=${is}/${reason} of ${observedGeneration}: ${message}`,
  );
  return comparable({ finalizers: metadata.finalizers, said, rest }, namespace);
}

async function told(kube: KubeClient, namespace: string): Promise<unknown> {
  const { items } = await kube.list({ group: "", kind: "Event" }, { namespace });
  const texts = items.map(({ type, reason, message, involvedObject }) =>
    JSON.stringify(comparable([(involvedObject as ObjectRef).name, type, reason, message], namespace)),
  );
  return [...new Set(texts)].sort();
}

function comparable(value: unknown, namespace: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(namespace, "{ns}"));
}
