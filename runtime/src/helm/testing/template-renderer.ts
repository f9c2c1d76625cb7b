import { isObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { loadDocuments } from "@eddy/goyaml";
import type { Chart, ChartMetadata, Hook, HookEvent, Manifest } from "@eddy/helm";
import type { RenderChart } from "../ports.ts";

const metadata: ChartMetadata = {
  name: "demo",
  home: "",
  sources: [],
  version: "1.0.0",
  description: "",
  keywords: [],
  maintainers: [],
  icon: "",
  apiVersion: "v2",
  condition: "",
  tags: "",
  appVersion: "2.0",
  deprecated: false,
  annotations: {},
  kubeVersion: "",
  dependencies: [],
  type: "",
};

/** A chart of these files; templates know `{{name}}`, `{{revision}}` and `{{values.<key>}}` alone. */
export function chartOf(
  files: Readonly<Record<string, string>>,
  { version = "1.0.0", values = {} }: { version?: string; values?: Chart["values"] } = {},
): Chart {
  const entries = Object.entries(files).map(([name, text]) => ({ name, data: new TextEncoder().encode(text) }));
  return {
    metadata: { ...metadata, version },
    templates: entries.filter(({ name }) => name.startsWith("templates/")),
    values,
    files: entries.filter(({ name }) => !name.startsWith("templates/")),
    raw: entries,
    dependencies: [],
  };
}

/** Renders such charts: what releases are tested with is their life, not their text. */
export const renderTemplates: RenderChart = async (chart, { release, values }) => {
  const all: Record<string, unknown> = { ...chart.values, ...values };
  const fill = (text: string): string =>
    text.replace(/\{\{(\w+)(?:\.(\w+))?\}\}/g, (_all, word: string, key?: string) => {
      if (key !== undefined) return String(all[key] ?? "");
      return word === "name" ? release.name : String(release.revision ?? 1);
    });
  const manifests: Manifest[] = [];
  const hooks: Hook[] = [];
  let notes = "";
  for (const { name, data } of chart.templates) {
    const text = fill(new TextDecoder().decode(data));
    const path = `${chart.metadata.name}/${name}`;
    if (name.endsWith("NOTES.txt")) notes = text;
    else for (const content of text.split(/^---\n/m)) place(path, content, { manifests, hooks });
  }
  const manifest = manifests.map(({ path, content }) => `---\n# Source: ${path}\n${content}\n`).join("");
  return { chart, values: all as Chart["values"], manifests, hooks, crds: [], notes, manifest, warnings: [] };
};

function place(path: string, content: string, into: { manifests: Manifest[]; hooks: Hook[] }): void {
  const object = loadDocuments(content)[0]?.value;
  if (!isObject(object)) return;
  const kind = String(object["kind"]);
  const name = String(valueAt(object, "metadata", "name"));
  const annotations = valueAt(object, "metadata", "annotations") as Record<string, string> | undefined;
  const list = (key: string): string[] => (annotations?.[key] ?? "").split(",").filter((word) => word !== "");
  if (annotations?.["helm.sh/hook"] === undefined) {
    into.manifests.push({ path, content, head: { apiVersion: String(object["apiVersion"]), kind, name, annotations } });
    return;
  }
  into.hooks.push({
    name,
    kind,
    path,
    manifest: content,
    events: list("helm.sh/hook") as HookEvent[],
    weight: Number(annotations["helm.sh/hook-weight"] ?? 0),
    deletePolicies: list("helm.sh/hook-delete-policy"),
    outputLogPolicies: list("helm.sh/hook-output-log-policy"),
  });
}
