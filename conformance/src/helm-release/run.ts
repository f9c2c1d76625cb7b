import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deepEqual, type Json } from "@eddy/core/json";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { startRealControlPlane } from "../real-control-plane.ts";
import type { Report, SuiteOptions } from "../suite.ts";
import { upstreamProgram } from "../upstream.ts";
import { writeCharts } from "./charts.ts";
import { firstDifference } from "./first-difference.ts";
import { startKubelet } from "./kubelet.ts";
import { knownDifferences } from "./known-differences.ts";
import { maskOutput, observe } from "./observe.ts";
import { runStep, type Said, type StepWorld } from "./run-step.ts";
import { sequences, type Actor, type Sequence } from "./sequences.ts";

/** Sequences at the same time, each in namespaces of its own. */
const concurrency = 3;

type Place = Omit<StepWorld, "namespace" | "folder">;

/** Runs the suite where the programs are there. */
export async function run(report: Report, options: SuiteOptions): Promise<void> {
  const helm3 = upstreamProgram(options, "helm3");
  const helm4 = upstreamProgram(options, "helm");
  const plane =
    helm3 &&
    helm4 &&
    (await startRealControlPlane({ upstreamBin: options.upstreamBin ?? "", controllerManager: true }));
  if (!helm3 || !helm4 || !plane)
    return report.skip("all cases", "helm 3, helm 4 or the real control plane is not built: npm run upstream");
  const root = mkdtempSync(join(tmpdir(), "eddy-helm-release-"));
  const kubeconfig = join(root, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig, { mode: 0o600 });
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const kubelet = startKubelet(kube);
  const place: Place = { kube, kubeconfig, programs: { helm3, helm4 } };
  const chosen = sequences.filter(({ name }) => options.filter === undefined || name.includes(options.filter));
  const rest = [...chosen.entries()];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next; next = rest.shift()) await compare(next[1], next[0], { place, root, report });
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    kubelet.stop();
    kube.close();
    await plane.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

interface Bench {
  place: Place;
  root: string;
  report: Report;
}

/** What a run of a sequence said and left. */
interface Trace {
  said: Said[];
  left: Record<string, Json>;
}

async function compare(sequence: Sequence, index: number, { place, root, report }: Bench): Promise<void> {
  const [ours, theirs] = await Promise.all([
    trace(sequence, `run-${index}-mixed`, { place, root }),
    trace(sequence, `run-${index}-alone`, { place, root, instead: "helm4" }),
  ]);
  for (const [at, step] of sequence.steps.entries()) {
    const name = `${sequence.name}: ${at + 1}. ${step.by} ${step.words.slice(0, 60)}`;
    tell(name, [ours.said[at] as unknown as Json, theirs.said[at] as unknown as Json], report);
  }
  for (const key of new Set([...Object.keys(ours.left), ...Object.keys(theirs.left)])) {
    tell(`${sequence.name}: leaves ${key}`, [ours.left[key] ?? null, theirs.left[key] ?? null], report);
  }
}

function tell(name: string, [ours, theirs]: readonly [Json, Json], report: Report): void {
  const known = knownDifferences.find((difference) => difference.case === name);
  const isEqual = deepEqual(ours, theirs);
  if (known && !isEqual) report.skip(name, known.reason);
  else if (known) report.fail(name, "equal, though it is listed as a difference");
  else if (isEqual) report.pass(name);
  else report.fail(name, firstDifference(ours, theirs));
}

async function trace(
  { steps }: Sequence,
  namespace: string,
  { place, root, instead }: { place: Place; root: string; instead?: Actor },
): Promise<Trace> {
  const folder = join(root, namespace);
  const custom = namespace.replaceAll(/[^0-9a-z]/g, "");
  writeCharts(folder, custom);
  await createNamespace(place.kube, namespace);
  const world: StepWorld = { ...place, namespace, folder };
  const said: Said[] = [];
  for (const step of steps) {
    const { code, stdout, error } = await runStep(step, step.by === "eddy" ? (instead ?? "eddy") : step.by, world);
    const mask = (text: string): string => maskOutput(text, namespace, folder).replaceAll(custom, "CUSTOM");
    said.push({ code, stdout: mask(stdout), error: mask(error) });
  }
  const left = await observe(place.kube, namespace, `Thing${custom}`);
  return { said, left: JSON.parse(JSON.stringify(left).replaceAll(custom, "CUSTOM")) as Record<string, Json> };
}

async function createNamespace(kube: KubeClient, name: string): Promise<void> {
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
}
