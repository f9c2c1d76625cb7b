import { existsSync } from "node:fs";
import { join } from "node:path";
import { helmCases, type HelmCase, unpackChart } from "@eddy/conformance/helm-corpus";
import { startGoOracle, type GoOracle } from "@eddy/conformance/go-oracle";
import { repositoryRoot } from "@eddy/conformance/upstream";
import { diskTree } from "@eddy/files";
import { defaultCapabilities, loadChart, parseKubeVersion, renderChart } from "@eddy/helm";
import { quantile, type Measurement } from "../measurement.ts";
import type { Peer } from "../world/peers.ts";

/**
 * Real charts of the corpus, small and large: those of spec/rendering.md 7 that are at hand, and relatives of the others. Those that
 * make keys and certificates stand apart: they measure the machine's arithmetic.
 */
const charts = [
  "bitnami+charts__bitnami__redis",
  "bitnami+charts__bitnami__wordpress",
  "bitnami+charts__bitnami__kafka",
  "bitnami+charts__bitnami__consul",
  "bitnami+charts__bitnami__grafana",
  "bitnami+charts__bitnami__node-exporter",
  "bitnami+charts__bitnami__argo-cd",
  "prometheus-community+helm-charts__charts__prometheus",
  "cert-manager+cert-manager__deploy__charts__cert-manager",
  "external-secrets+external-secrets__deploy__charts__external-secrets",
  "istio+istio__manifests__charts__istio-control__istio-discovery",
  "kyverno+kyverno@v1.14.5__charts__kyverno",
  "longhorn+longhorn__chart",
  "DataDog+helm-charts__charts__datadog",
] as const;

const withKeys = ["bitnami+charts__bitnami__nginx", "bitnami+charts__bitnami__harbor"] as const;

const repeats = 12;
const warmUp = 5;

/** Renders real charts in one warm process each, charts kept: ours in this one, upstream's library in a Go program. */
export async function helmRender(peer: Peer): Promise<Measurement[]> {
  const corpora = join(repositoryRoot, "../shared/corpora");
  if (!existsSync(corpora)) return [];
  const folders = new Map<string, string>();
  for (const one of helmCases(corpora, join(repositoryRoot, ".cache")))
    folders.set(chartOf(one), folderOf(corpora, one));
  const render = peer.name === "Eddy" ? ourRender : await upstreamRender();
  const medianOf = async (chart: string): Promise<number> =>
    quantile((await render(folders.get(chart) as string)).slice(warmUp), 0.5);
  try {
    const medians: number[] = [];
    for (const chart of charts) medians.push(await medianOf(chart));
    const keys: number[] = [];
    for (const chart of withKeys) keys.push(await medianOf(chart));
    const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
    return [
      { what: `${charts.length} charts rendered, warm: median`, value: quantile(medians, 0.5), unit: "ms" },
      { what: `${charts.length} charts rendered, warm: sum`, value: sum(medians), unit: "ms" },
      { what: `${withKeys.length} charts that make keys, warm: sum`, value: sum(keys), unit: "ms" },
    ];
  } finally {
    await oracle?.close();
    oracle = undefined;
  }
}

function chartOf({ folder }: HelmCase): string {
  return folder.slice(folder.lastIndexOf("/") + 1);
}

function folderOf(corpora: string, one: HelmCase): string {
  const isWanted = [...charts, ...withKeys].some((chart) => chart === chartOf(one));
  return isWanted ? unpackChart(corpora, one) : "";
}

/** Milliseconds of each render of the chart in a folder, loading aside. */
type Render = (folder: string) => Promise<number[]>;

const ourRender: Render = async (folder) => {
  const chart = loadChart(diskTree(folder), "");
  const capabilities = { ...defaultCapabilities(), kubeVersion: parseKubeVersion("1.34.0") };
  const samples: number[] = [];
  for (let index = 0; index < repeats; index++) {
    const startMs = performance.now();
    renderChart(chart, { release: { name: "demo", namespace: "apps" }, values: {}, capabilities });
    samples.push(performance.now() - startMs);
  }
  return samples;
};

let oracle: GoOracle | undefined;

async function upstreamRender(): Promise<Render> {
  const started = startGoOracle("helm-warm", join(repositoryRoot, ".cache"));
  if (typeof started === "string") throw new Error(started);
  oracle = started;
  return async (dir) => {
    const told = await started.ask<{ runMs: number[]; error: string }>({ dir, repeats });
    if (told.error !== "") throw new Error(`upstream refuses ${dir}: ${told.error}`);
    return told.runMs;
  };
}
