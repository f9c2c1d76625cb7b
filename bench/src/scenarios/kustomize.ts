import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { diskTree } from "@eddy/files";
import { unpackCorpus } from "@eddy/conformance/kustomize-corpus";
import { startGoOracle, type GoOracle } from "@eddy/conformance/go-oracle";
import { repositoryRoot } from "@eddy/conformance/upstream";
import { buildKustomization } from "@eddy/kustomize";
import { quantile, type Measurement } from "../measurement.ts";
import type { Peer } from "../world/peers.ts";

/** Real overlays of the corpus, small and large; spec/rendering.md 7 measured these and a few that are not at hand. */
const realOverlays = [
  "stefanprodan+podinfo/deploy/overlays/dev",
  "fluxcd+flux2-kustomize-helm-example/infrastructure/controllers",
  "fluxcd+flux2-monitoring-example/monitoring/configs",
  "bjw-s-labs+home-ops/kubernetes/apps/media",
  "bjw-s-labs+home-ops/kubernetes/apps/media/jellyfin/app",
  "argoproj+argo-cd/manifests/base",
  "argoproj+argo-cd/manifests/ha/cluster-install",
  "fluxcd+flux2/manifests/rbac",
  "kserve+kserve/config/runtimes",
  "kserve+kserve/config/rbac",
  "kubeflow+manifests/applications/centraldashboard/overlays/oauth2-proxy",
  "kubeflow+manifests/applications/katib/upstream/installs/katib-standalone",
  "kubeflow+manifests/applications/jupyter/notebook-controller/upstream/overlays/kubeflow",
] as const;

const sizes = [10, 1_000, 4_000, 40_000] as const;
const wanted: Readonly<Record<number, string>> = { 10: "≤ 3", 1_000: "≤ 150", 4_000: "≤ 600" };

/** Builds in one warm process each: ours in this one, upstream's library in a Go program. */
export async function kustomize(peer: Peer): Promise<Measurement[]> {
  const build = peer.name === "Eddy" ? ourBuild : await upstreamBuild();
  const dir = mkdtempSync(join(tmpdir(), "eddy-bench-kustomize-"));
  try {
    const measurements: Measurement[] = [];
    for (const objects of sizes) {
      // Upstream needs minutes for the largest: it is quadratic.
      if (peer.name !== "Eddy" && objects > 4_000) continue;
      const folder = join(dir, String(objects));
      writeOverlay(folder, objects);
      const { repeats, warmUp } = roundsOf(objects);
      const samples = await build(dir, String(objects), repeats);
      const want = wanted[objects];
      measurements.push({
        what: `kustomize build, ${objects} objects, overlay`,
        value: quantile(samples.slice(warmUp), 0.5),
        unit: "ms",
        ...(want === undefined ? {} : { want }),
      });
    }
    const corpora = join(repositoryRoot, "../shared/corpora");
    if (!existsSync(corpora)) return measurements;
    const corpus = unpackCorpus(corpora, join(repositoryRoot, ".cache"));
    const medians: number[] = [];
    for (const overlay of realOverlays) {
      const samples = await build(corpus, overlay, 7);
      medians.push(quantile(samples.slice(2), 0.5));
    }
    return [
      ...measurements,
      { what: `${realOverlays.length} real overlays, warm: median`, value: quantile(medians, 0.5), unit: "ms" },
      {
        what: `${realOverlays.length} real overlays, warm: sum`,
        value: medians.reduce((a, b) => a + b, 0),
        unit: "ms",
      },
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
    await oracle?.close();
    oracle = undefined;
  }
}

/** A process is warm once its compiler has seen enough of the work: soon for large builds, after some thirty small ones. */
function roundsOf(objects: number): { repeats: number; warmUp: number } {
  if (objects <= 10) return { repeats: 100, warmUp: 30 };
  return objects <= 1_000 ? { repeats: 7, warmUp: 2 } : { repeats: 1, warmUp: 0 };
}

/** Milliseconds of each of `repeats` builds of the folder `path` below `root`, files read again each time. */
type Build = (root: string, path: string, repeats: number) => Promise<number[]>;

const ourBuild: Build = async (root, path, repeats) => {
  const samples: number[] = [];
  for (let index = 0; index < repeats; index++) {
    const startMs = performance.now();
    buildKustomization(diskTree(root), path, { loadRestrictor: "none" }).text();
    samples.push(performance.now() - startMs);
  }
  return samples;
};

let oracle: GoOracle | undefined;

async function upstreamBuild(): Promise<Build> {
  const started = startGoOracle("kustomize-warm", join(repositoryRoot, ".cache"));
  if (typeof started === "string") throw new Error(started);
  oracle = started;
  return async (root, path, repeats) => {
    const told = await started.ask<{ ms: number[]; error: string }>({ dir: join(root, path), repeats });
    if (told.error !== "") throw new Error(`upstream refuses ${path}: ${told.error}`);
    return told.ms;
  };
}

/** Deployments and ConfigMaps in one file a hundred, with namespace, prefix, labels, an image and a patch laid over them. */
function writeOverlay(folder: string, objects: number): void {
  const files: string[] = [];
  for (let start = 0; start < objects; start += 100) {
    const file = `objects-${start}.yaml`;
    const count = Math.min(100, objects - start);
    const documents = Array.from({ length: count }, (_, index) =>
      (index % 2 === 0 ? deployment : configMap)(start + index),
    );
    write(join(folder, "base", file), documents.join("---\n"));
    files.push(file);
  }
  write(join(folder, "base/kustomization.yaml"), `resources:\n${files.map((file) => `- ${file}\n`).join("")}`);
  write(
    join(folder, "kustomization.yaml"),
    `namespace: bench
namePrefix: pre-
labels:
- pairs: {team: bench}
  includeSelectors: true
images:
- name: nginx
  newTag: "1.29"
resources:
- base
patches:
- target: {kind: Deployment, name: app-0}
  patch: |
    - op: replace
      path: /spec/replicas
      value: 3
`,
  );
}

function deployment(index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
spec:
  replicas: 1
  selector:
    matchLabels: {app: app-${index}}
  template:
    metadata:
      labels: {app: app-${index}}
    spec:
      containers:
      - name: web
        image: nginx:1.0
        envFrom:
        - configMapRef:
            name: app-${index + 1}
`;
}

function configMap(index: number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-${index}\ndata:\n  key: value-${index}\n`;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
