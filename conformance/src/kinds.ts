import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crdOf, kinds } from "@eddy/api";
import { compareText, isObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import type { Report, Suite } from "./suite.ts";

const imageReflector = "github.com/fluxcd/image-reflector-controller@v1.2.4";

/** Who ships a kind's definition: by group, or by the kind where several modules share one. */
const modules: Readonly<Record<string, string>> = {
  "source.toolkit.fluxcd.io": "github.com/fluxcd/source-controller@v1.9.4",
  "kustomize.toolkit.fluxcd.io": "github.com/fluxcd/kustomize-controller@v1.9.4",
  "helm.toolkit.fluxcd.io": "github.com/fluxcd/helm-controller@v1.6.3",
  "notification.toolkit.fluxcd.io": "github.com/fluxcd/notification-controller@v1.9.3",
  "imagerepositories.image.toolkit.fluxcd.io": imageReflector,
  "imagepolicies.image.toolkit.fluxcd.io": imageReflector,
  "imageupdateautomations.image.toolkit.fluxcd.io": "github.com/fluxcd/image-automation-controller@v1.2.4",
  "source.extensions.fluxcd.io": "github.com/fluxcd/source-watcher/v2@v2.2.3",
};

/** What our definitions have and upstream's do not, each with its reason. */
const ours: Readonly<Record<string, string>> = {
  ...oursOf("kustomizations", "v1", {
    patchesJson6902: "kept for v1beta1 and v1beta2",
    patchesStrategicMerge: "kept for v1beta1 and v1beta2",
    "dependsOn.items.properties.apiVersion": "dependencies on any object",
    "dependsOn.items.properties.kind": "dependencies on any object",
    "dependsOn.items.x-kubernetes-validations": "dependencies on any object",
  }),
  ...oursOf("helmreleases", "v2", {
    "chart.properties.spec.properties.valuesFile": "kept for v2beta1 and v2beta2",
    "postRenderers.items.properties.kustomize.properties.patchesJson6902": "kept for v2beta1 and v2beta2",
    "postRenderers.items.properties.kustomize.properties.patchesStrategicMerge": "kept for v2beta1 and v2beta2",
    "dependsOn.items.properties.apiVersion": "dependencies on any object",
    "dependsOn.items.properties.kind": "dependencies on any object",
    "dependsOn.items.x-kubernetes-validations": "dependencies on any object",
  }),
  ...oursOf("helmcharts", "v1", { valuesFile: "kept for v1beta1 and v1beta2" }),
  ...oursOf("providers", "v1beta3", {
    "type.enum.32": "a service that 1.9.3 does not have yet or no more: payloads by the specification",
    "type.enum.33": "a service that 1.9.3 does not have yet or no more: payloads by the specification",
  }),
};

/** Fields of a kind's spec. */
function oursOf(plural: string, version: string, reasons: Readonly<Record<string, string>>): Record<string, string> {
  const spec = `${plural}.spec.versions.${version}.schema.openAPIV3Schema.properties.spec.properties`;
  return Object.fromEntries(Object.entries(reasons).map(([path, reason]) => [`${spec}.${path}`, reason]));
}

/** Every CRD, key by key, beside the one that upstream ships. */
export const suite: Suite = {
  name: "kinds",
  summary: "the CRDs of the kinds beside those that Flux's controllers ship",
  async run(report) {
    for (const kind of kinds) {
      const name = `${kind.plural}.${kind.group}`;
      const module = modules[name] ?? modules[kind.group];
      // Kinds of our own have no original.
      if (module === undefined) continue;
      const folder = moduleFolder(module);
      if (folder === undefined) {
        report.skip(name, `${module} cannot be downloaded`);
        continue;
      }
      const file = join(folder, "config/crd/bases", `${kind.group}_${kind.plural}.yaml`);
      compareCrds(report, kind.plural, load(readFileSync(file, "utf8"), { file }), crdOf(kind));
    }
  },
};

function moduleFolder(module: string): string | undefined {
  const download = spawnSync("go", ["mod", "download", "-json", module], {
    encoding: "utf8",
    env: { ...process.env, GOTOOLCHAIN: "local" },
  });
  if (download.status !== 0) return undefined;
  return (JSON.parse(download.stdout) as { Dir?: string }).Dir;
}

function isAtOrUnder(path: string, known: string): boolean {
  return path === known || path.startsWith(`${known}.`);
}

function compareCrds(report: Report, plural: string, upstream: unknown, own: unknown): void {
  const wanted = flatten(upstream, plural);
  const found = flatten(own, plural);
  const faults: string[] = [];
  for (const [path, value] of wanted) {
    if (found.get(path) !== value) faults.push(`${path} is ${found.get(path)}, want ${value}`);
  }
  for (const path of found.keys()) {
    const isOurs =
      Object.keys(ours).some((known) => isAtOrUnder(path, known)) || /\.versions\.v[12]beta[12]\./.test(path);
    if (!wanted.has(path) && !isOurs) faults.push(`${path} is not in upstream's`);
  }
  for (const known of Object.keys(ours)) {
    if (known.startsWith(`${plural}.`) && ![...found.keys()].some((path) => isAtOrUnder(path, known)))
      faults.push(`${known} is listed as ours, and is not there`);
  }
  if (faults.length === 0) report.pass(`${plural}: ${wanted.size} values`);
  else report.fail(plural, faults.slice(0, 10).join("; "));
}

/** Values by path; versions by name, `required` as a set; descriptions and the generator's mark left out. */
function flatten(value: unknown, path: string, into: Map<string, string> = new Map()): Map<string, string> {
  if (path.endsWith(".required") && Array.isArray(value))
    return into.set(path, JSON.stringify([...(value as string[])].sort(compareText)));
  if (Array.isArray(value)) {
    value.forEach((item, index) =>
      flatten(item, `${path}.${path.endsWith(".versions") && isObject(item) ? (item["name"] as string) : index}`, into),
    );
    return into;
  }
  if (!isObject(value)) return into.set(path, JSON.stringify(value));
  for (const [key, member] of Object.entries(value)) {
    if ((key === "description" && typeof member === "string") || key === "controller-gen.kubebuilder.io/version")
      continue;
    flatten(member, `${path}.${key}`, into);
  }
  return into;
}
