import { readFileSync } from "node:fs";
import { messageOf } from "@eddy/core/errors";
import { diskTree } from "@eddy/files";
import { encodeGoString } from "@eddy/gotemplate";
import {
  type Capabilities,
  type Chart,
  checkInstallable,
  defaultCapabilities,
  type HelmDialect,
  loadChart,
  parseKubeVersion,
  printTemplate,
  readValues,
  renderChart,
  setFileValues,
  setJsonValues,
  setLiteralValues,
  setStringValues,
  setValues,
  type Values,
} from "@eddy/helm";

/** What a rendering gives: a text, or the words of a refusal. */
export type Outcome = { text: Buffer } | { refusal: string };

/** What `helm template demo chart --namespace apps` is asked for. */
export interface TemplateRequest {
  folder: string;
  values: string | undefined;
  flags: readonly string[];
}

/** Renders a folder as the command does it. */
export function renderFolder(request: TemplateRequest, dialect: HelmDialect, seed: number): Outcome {
  try {
    return { text: render(request, dialect, seed) };
  } catch (error) {
    return { refusal: `Error: ${messageOf(error)}` };
  }
}

const loaded = new Map<string, Chart>();

/** Charts come in runs, and their parsed templates with them. */
function chartOf(folder: string, dialect: HelmDialect): Chart {
  const key = `${dialect} ${folder}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const chart = loadChart(diskTree(folder), "", { dialect });
  if (loaded.size > 4) loaded.clear();
  loaded.set(key, chart);
  return chart;
}

function render({ folder, values: file, flags }: TemplateRequest, dialect: HelmDialect, seed: number): Buffer {
  const parsed = parseFlags(flags, file === undefined ? {} : readValues(file, dialect), dialect);
  const chart = chartOf(folder, dialect);
  checkInstallable(chart, dialect);
  const rendered = renderChart(chart, {
    release: { name: "demo", namespace: "apps", isUpgrade: parsed.isUpgrade },
    dialect,
    values: parsed.values,
    capabilities: parsed.capabilities,
    randomBytes: seededBytes(seed),
    now: () => Date.UTC(2026, 0, 1) + seed * 86_400_000,
  });
  return Buffer.from(encodeGoString(printTemplate(rendered, { dialect, ...parsed })));
}

interface ParsedFlags {
  values: Values;
  capabilities: Capabilities;
  includeCrds: boolean;
  noHooks: boolean;
  skipTests: boolean;
  isUpgrade: boolean;
}

function parseFlags(flags: readonly string[], fromFile: Values, dialect: HelmDialect): ParsedFlags {
  const all = (flag: string): string[] =>
    flags.flatMap((word, index) => (word === flag ? [flags[index + 1] as string] : []));
  let values = fromFile;
  for (const text of all("--set-json")) values = setJsonValues(text, values);
  const set = (flag: string, apply: (text: string) => void): void => {
    for (const text of all(flag)) {
      try {
        apply(text);
      } catch (cause) {
        throw new Error(`failed parsing ${flag} data: ${messageOf(cause)}`, { cause });
      }
    }
  };
  set("--set", (text) => setValues(text, values));
  set("--set-string", (text) => setStringValues(text, values));
  set("--set-file", (text) => setFileValues(text, values, (path) => readFileSync(path, "utf8")));
  set("--set-literal", (text) => setLiteralValues(text, values));
  const [version] = all("--kube-version");
  const base = defaultCapabilities(dialect);
  return {
    values,
    capabilities: {
      kubeVersion: version === undefined ? base.kubeVersion : parseKubeVersion(version, dialect),
      apiVersions: [...base.apiVersions, ...all("--api-versions")],
      helmVersion: buildInfo[dialect],
    },
    includeCrds: flags.includes("--include-crds"),
    noHooks: flags.includes("--no-hooks"),
    skipTests: flags.includes("--skip-tests"),
    isUpgrade: flags.includes("--is-upgrade"),
  };
}

/** Built from the module proxy, the programs know no more of themselves. */
const buildInfo: Readonly<Record<HelmDialect, NonNullable<Capabilities["helmVersion"]>>> = {
  helm3: { version: "v3.22", gitCommit: "", gitTreeState: "", goVersion: "go1.26.8" },
  helm4: { version: "v4.3", gitCommit: "", gitTreeState: "", goVersion: "go1.26.8", kubeClientVersion: "v1.37" },
};

/** Bytes that depend on the seed alone. */
export function seededBytes(seed: number): (count: number) => Uint8Array {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) >>> 0;
      return (state ^ (state >>> 14)) & 0xff;
    });
}
