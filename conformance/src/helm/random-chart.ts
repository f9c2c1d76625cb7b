import type { Random } from "../random.ts";

/** A small chart as files, and what it is rendered with. */
export interface RandomChart {
  files: Record<string, string>;
  /** The text of `-f`. */
  values: string;
  flags: string[];
}

const keys = ["a", "b", "c", "enabled", "global", "tags", "one", "two", "list", "deep"];
const scalars = [
  "1",
  "12345678",
  "1.5",
  "true",
  "false",
  "null",
  '"text"',
  "0",
  '""',
  "1e3",
  "yes",
  '"1"',
  "é",
  "-0.0",
];

/** A YAML flow value. */
function value(random: Random, depth: number): string {
  const choice = random.below(depth > 2 ? 6 : 10);
  if (choice < 6) return random.pick(scalars);
  if (choice < 7) return `[${Array.from({ length: random.below(3) }, () => value(random, depth + 1)).join(", ")}]`;
  return table(random, depth + 1);
}

function table(random: Random, depth: number): string {
  const names = random.shuffle(keys).slice(0, random.below(4));
  return `{${names.map((name) => `${name}: ${value(random, depth)}`).join(", ")}}`;
}

/** values.yaml: some keys, some of them tables named like sub-charts. */
function valuesFile(random: Random, subcharts: readonly string[]): string {
  const names = random
    .shuffle(keys.filter((name) => name !== "global" && name !== "tags"))
    .slice(0, 1 + random.below(4));
  const lines = names.map((name) => `${name}: ${value(random, 0)}`);
  if (random.chance(0.5)) lines.push(`global: ${table(random, 0)}`);
  if (random.chance(0.3))
    lines.push(`tags: {one: ${random.pick(["true", "false"])}, two: ${random.pick(["true", "false"])}}`);
  for (const name of subcharts) if (random.chance(0.6)) lines.push(`${name}: ${table(random, 0)}`);
  return lines.length === 0 ? "{}\n" : `${lines.join("\n")}\n`;
}

const kinds = [
  "ConfigMap",
  "Secret",
  "Service",
  "Deployment",
  "ValidatingWebhookConfiguration",
  "Widget",
  "Job",
  "Namespace",
];
const events = ["pre-install", "post-upgrade", "test", "pre-install,post-install", "nope", "crd-install"];

function manifest(random: Random, name: string): string {
  const hook = random.chance(0.25)
    ? `  annotations:\n    helm.sh/hook: ${random.pick(events)}\n    helm.sh/hook-weight: "${random.pick(["1", "-3", "x", ""])}"\n`
    : "";
  const body = random.pick([
    "values: {{ .Values | toJson | quote }}",
    "values:\n{{ toYaml .Values | indent 2 }}",
    "global: {{ .Values.global | toJson | quote }}\nshown: {{ .Values.a }} {{ .Values.deep }}",
    "name: {{ .Chart.Name }}-{{ .Chart.Version }}-{{ .Release.Name }}\npath: {{ .Template.Name }} {{ .Template.BasePath }}",
    "{{- range $k, $v := .Values }}\nk-{{ $k }}: {{ $v | toJson | squote }}\n{{- end }}",
    'file: {{ .Files.Get "data.txt" | quote }}\nfiles:\n{{- range $path, $_ := .Files.Glob "*.txt" }}\n- {{ $path }}\n{{- end }}',
    'included: {{ include "chart.shared" . | quote }}',
    "subcharts: {{ range $name, $_ := .Subcharts }}{{ $name }},{{ end }}x",
    'set: {{ $_ := set .Values "marked" .Template.Name }}{{ .Values.marked }}\nseen: {{ (.Values.global | default dict).marked }}',
    'kind: {{ kindOf .Values.a }} {{ typeOf .Values.list }} {{ printf "%v %T" .Values.one .Values.two | quote }}',
    "release: {{ .Release.IsInstall }} {{ .Release.Revision }} {{ .Capabilities.KubeVersion.Minor }}",
  ]);
  return `apiVersion: v1\nkind: ${random.pick(kinds)}\nmetadata:\n  name: ${name}\n${hook}${body}\n`;
}

const separators = ["---\n", "\n---\n", "--- \n", "---\n---\n", "---\n\n# a comment\n", "--- # note\n"];

function template(random: Random, name: string): string {
  const documents = Array.from({ length: 1 + random.below(3) }, (_, index) => manifest(random, `${name}-${index}`));
  const start = random.pick(["", "# comment\n", "---\n", "\n\n", "# comment\n---\n", "{{- /* note */ -}}\n"]);
  return start + documents.join(random.pick(separators));
}

interface Sub {
  name: string;
  version: string;
}

function writeChart(random: Random, files: RandomChart["files"], root: string, name: string, depth: number): void {
  const count = depth > 1 ? 0 : random.below(3);
  const subs: Sub[] = random
    .shuffle(["one", "two", "deep"])
    .slice(0, count)
    .map((sub) => ({ name: sub, version: random.pick(["1.0.0", "2.1.0"]) }));
  const dependencies: string[] = [];
  const shown: string[] = [];
  for (const sub of subs) {
    for (let copy = 0; copy < (random.chance(0.2) ? 2 : 1); copy++) {
      if (random.chance(0.15)) continue;
      const alias = copy > 0 || random.chance(0.2) ? `${sub.name}-alias${copy}` : "";
      shown.push(alias === "" ? sub.name : alias);
      dependencies.push(dependency(random, sub, alias));
    }
    writeChart(random, files, `${root}charts/${sub.name}/`, sub.name, depth + 1);
    files[`${root}charts/${sub.name}/Chart.yaml`] = (files[`${root}charts/${sub.name}/Chart.yaml`] as string).replace(
      "version: 0.1.0",
      `version: ${sub.version}`,
    );
  }
  const type = depth > 0 && random.chance(0.1) ? "type: library\n" : "";
  const list = dependencies.length === 0 ? "" : `dependencies:\n${dependencies.join("")}`;
  files[`${root}Chart.yaml`] = `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${type}${list}`;
  files[`${root}values.yaml`] = valuesFile(random, shown);
  files[`${root}data.txt`] = `data of ${name}\n`;
  files[`${root}templates/_helpers.tpl`] = `{{ define "chart.shared" }}shared by ${name} {{ .Chart.Name }}{{ end }}\n`;
  for (let index = 0; index < 1 + random.below(2); index++)
    files[`${root}templates/${random.pick(["a", "b", "z"])}${index}.yaml`] = template(random, `${name}-${index}`);
  if (random.chance(0.3)) files[`${root}templates/NOTES.txt`] = "notes {{ .Values.a }}\n";
  if (random.chance(0.2)) files[`${root}crds/crd.yaml`] = `# crd of ${name}\nkind: CustomResourceDefinition\n`;
}

function dependency(random: Random, { name, version }: Sub, alias: string): string {
  const range = random.pick([version, "*", ">=1.0.0", "^1.0.0", "~2.1.0"]);
  const lines = [`- name: ${name}`, `  version: "${range}"`, `  repository: ""`];
  if (alias !== "") lines.push(`  alias: ${alias}`);
  if (random.chance(0.4))
    lines.push(
      `  condition: ${random.pick(["enabled", `${name}.enabled`, "a,enabled", "deep.enabled", "global.enabled"])}`,
    );
  if (random.chance(0.3)) lines.push(`  tags: [${random.pick(["one", "two", "one, two"])}]`);
  if (random.chance(0.3))
    lines.push(
      `  import-values: ${random.pick(["[data]", "[{child: deep, parent: imported}]", "[{child: a, parent: .}]"])}`,
    );
  return `${lines.join("\n")}\n`;
}

const sets = [
  "a=1",
  "a.b=x",
  "one.a=null",
  "list[1]=2",
  "list={x,1,true}",
  "global.a=5",
  "two.enabled=true",
  "deep.a.b=0123",
  "one=null",
  "tags.one=false",
  "b=1.50",
  "c=",
  "a\\.b=1",
];

/** A chart with sub-charts, conditions, tags, aliases, imports, globals, nulls, hooks and files, by chance. */
export function randomChart(random: Random): RandomChart {
  const files: RandomChart["files"] = {};
  writeChart(random, files, "", "root", 0);
  const flags: string[] = [];
  for (let count = random.below(3); count > 0; count--)
    flags.push(random.pick(["--set", "--set", "--set", "--set-string"]), random.pick(sets));
  for (const flag of ["--include-crds", "--no-hooks", "--skip-tests", "--is-upgrade"])
    if (random.chance(0.15)) flags.push(flag);
  const values = random.chance(0.7) ? valuesFile(random, ["one", "two", "deep", "one-alias0"]) : "{}\n";
  return { files, values, flags: [...flags, "--kube-version", "1.30.0"] };
}
