import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crdOf, kinds } from "@eddy/api";
import { compareText, isObject } from "@eddy/core/json";
import { load } from "@eddy/goyaml";
import type { Report, Suite } from "./suite.ts";

const modules: Readonly<Record<string, string>> = {
  "source.toolkit.fluxcd.io": "github.com/fluxcd/source-controller@v1.9.4",
  "kustomize.toolkit.fluxcd.io": "github.com/fluxcd/kustomize-controller@v1.9.4",
};

/** What our definitions have and upstream's do not, each with its reason. */
const ours: Readonly<Record<string, string>> = {
  "kustomizations.spec.versions.v1.schema.openAPIV3Schema.properties.spec.properties.patchesJson6902":
    "kept for v1beta1 and v1beta2",
  "kustomizations.spec.versions.v1.schema.openAPIV3Schema.properties.spec.properties.patchesStrategicMerge":
    "kept for v1beta1 and v1beta2",
  "helmcharts.spec.versions.v1.schema.openAPIV3Schema.properties.spec.properties.valuesFile":
    "kept for v1beta1 and v1beta2",
};

/** Every CRD, key by key, beside the one that upstream ships. */
export const suite: Suite = {
  name: "kinds",
  summary: "the CRDs of the kinds beside those of source-controller and kustomize-controller",
  async run(report) {
    for (const kind of kinds) {
      const folder = moduleFolder(modules[kind.group] ?? "");
      if (folder === undefined) {
        report.skip(`${kind.plural}.${kind.group}`, "upstream's module cannot be downloaded");
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

function compareCrds(report: Report, plural: string, upstream: unknown, own: unknown): void {
  const wanted = flatten(upstream, plural);
  const found = flatten(own, plural);
  const faults: string[] = [];
  for (const [path, value] of wanted) {
    if (found.get(path) !== value) faults.push(`${path} is ${found.get(path)}, want ${value}`);
  }
  for (const path of found.keys()) {
    const isOurs = Object.keys(ours).some((known) => path.startsWith(known)) || /\.versions\.v1beta[12]\./.test(path);
    if (!wanted.has(path) && !isOurs) faults.push(`${path} is not in upstream's`);
  }
  for (const known of Object.keys(ours)) {
    if (known.startsWith(`${plural}.`) && ![...found.keys()].some((path) => path.startsWith(known)))
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
