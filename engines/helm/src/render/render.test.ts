import { threadCpuMs } from "@eddy/core/clock";
import { memoryTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import type { Chart } from "../chart/chart.ts";
import { loadChart } from "../chart/load-chart.ts";
import type { HelmDialect } from "../dialect.ts";
import { printTemplate } from "../manifest/print-template.ts";
import type { RenderOptions } from "./options.ts";
import { renderChart } from "./render-chart.ts";

type Files = Record<string, string>;

const metadata = (name: string, more = ""): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}`;

function chartOf(files: Files, dialect: HelmDialect = "helm4"): Chart {
  return loadChart(memoryTree({ "Chart.yaml": metadata("app"), ...files }), "", { dialect });
}

const options: RenderOptions = { release: { name: "r", namespace: "n" } };

/** The text that one template gives, without what is printed around it. */
function textOf(template: string, files: Files = {}, more: Partial<RenderOptions> = {}): string {
  const chart = chartOf({ ...files, "templates/a.yaml": `text: |\n${template.replace(/^/gm, "  ")}\n` }, more.dialect);
  const { manifests } = renderChart(chart, { ...options, ...more });
  const manifest = manifests.find(({ path }) => path === "app/templates/a.yaml");
  return (manifest?.content ?? "")
    .replace(/^text: \|\n/, "")
    .replace(/^ {2}/gm, "")
    .trimEnd();
}

describe("what a template sees", () => {
  it.each([
    ["numbers are float64", "{{ .Values.num }} {{ .Values.big }}", "7 1.2345678e+07"],
    ["toYaml shows them whole", "{{ .Values.big | toYaml }}", "12345678"],
    [
      "the release",
      "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }} {{ .Release.IsInstall }}",
      "r n 1 true",
    ],
    ["the chart", "{{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.Type }}.", "app 1.0.0 ."],
    ["the template", "{{ .Template.Name }} {{ .Template.BasePath }}", "app/templates/a.yaml app/templates"],
    [
      "files",
      '{{ .Files.Get "data/x.txt" }}{{ range $p, $_ := .Files.Glob "data/*" }} {{ $p }}{{ end }}',
      "hello data/x.txt",
    ],
    ["lines of files", '{{ range .Files.Lines "data/x.txt" }}<{{ . }}>{{ end }}', "<hello>"],
    ["files as configuration", '{{ (.Files.Glob "data/*").AsConfig }}', "x.txt: hello"],
    ["files as secrets", '{{ (.Files.Glob "data/*").AsSecrets }}', "x.txt: aGVsbG8="],
    [
      "capabilities",
      '{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.KubeVersion.GitVersion }}',
      "true 37 v1.37.0",
    ],
    ["what is missing is nothing", "<{{ .Values.nope }}>", "<>"],
    ["tpl", '{{ tpl "{{ .Values.num }}{{ include `inner` . }}{{ define `inner` }}!{{ end }}" . }}', "7!"],
    ["tpl in tpl, of definitions only", '{{ tpl `<{{ tpl "{{ define \\"x\\" }}{{ end }}" . }}>` . }}', "<>"],
    [
      "types of values",
      "{{ typeOf .Values }} {{ typeOf .Values.table }} {{ typeOf .Chart }}",
      "common.Values map[string]interface {} map[string]interface {}",
    ],
  ])("%s", (_, template, want) => {
    const files = { "values.yaml": "num: 7\nbig: 12345678\ntable: {a: 1}\n", "data/x.txt": "hello" };
    expect(textOf(template, files)).toBe(want);
  });

  it("is another thing in Helm 3", () => {
    const shown = "{{ typeOf .Values }} {{ kindOf .Chart }} {{ .Chart.Name }}";
    expect(textOf(shown, {}, { dialect: "helm3" })).toBe("chartutil.Values struct app");
    expect(() => textOf("{{ .Chart.Nope }}", {}, { dialect: "helm3" })).toThrow("can't evaluate field Nope");
    expect(textOf("<{{ .Chart.Nope }}>")).toBe("<>");
  });

  it("--set gives int64", () => {
    const values = { n: 12_345_678n };
    expect(textOf('{{ .Values.n }} {{ printf "%d %T" .Values.n .Values.n }}', {}, { values })).toBe(
      "12345678 12345678 int64",
    );
  });

  it("lookup finds nothing without a cluster, and whole numbers with one", () => {
    const template = '{{ (lookup "v1" "Service" "n" "x").port | default "none" | printf "%v" }}';
    expect(textOf(template)).toBe("none");
    expect(textOf(template, {}, { lookup: { lookup: () => ({ port: 8_080_808 }) } })).toBe("8080808");
  });

  it("random bytes and time are ports", () => {
    const template = '{{ randAlphaNum 8 }} {{ now | date "2006-01-02" }}';
    const ports = { randomBytes: (count: number) => new Uint8Array(count).fill(7), now: () => Date.UTC(2026, 0, 2) };
    expect(textOf(template, {}, ports)).toBe(textOf(template, {}, ports));
    expect(textOf(template, {}, ports)).toContain("2026-01-02");
  });
});

describe("sub-charts", () => {
  const sub = (name: string, more: Files = {}): Files =>
    Object.fromEntries(
      Object.entries({
        "Chart.yaml": metadata(name),
        "templates/s.yaml": "name: {{ .Chart.Name }}\nv: {{ .Values | toJson | quote }}\n",
        ...more,
      }).map(([file, text]) => [`charts/${name}/${file}`, text]),
    );
  const paths = (files: Files, values = {}, dialect: HelmDialect = "helm4"): string[] =>
    renderChart(chartOf(files, dialect), { ...options, values, dialect }).manifests.map(({ path }) => path);
  const wants = (...entries: string[]): Files => ({
    "Chart.yaml": metadata(
      "app",
      `dependencies:\n${entries.map((entry) => `- {${entry}, version: "*", repository: ""}\n`).join("")}`,
    ),
  });

  it.each<[string, Files, object, string[]]>([
    ["one that Chart.yaml does not name", sub("s"), {}, ["app/charts/s/templates/s.yaml"]],
    ["a condition", { ...wants("name: s, condition: s.on"), ...sub("s") }, { s: { on: false } }, []],
    [
      "a condition that is not there",
      { ...wants("name: s, condition: s.on"), ...sub("s") },
      {},
      ["app/charts/s/templates/s.yaml"],
    ],
    [
      "the first condition that is a boolean",
      { ...wants('name: s, condition: "x,y,z"'), ...sub("s") },
      { x: "no", y: false, z: true },
      [],
    ],
    ["a tag", { ...wants("name: s, tags: [t]"), ...sub("s") }, { tags: { t: false } }, []],
    [
      "a condition beats a tag",
      { ...wants("name: s, tags: [t], condition: go"), ...sub("s") },
      { tags: { t: false }, go: true },
      ["app/charts/s/templates/s.yaml"],
    ],
    ["an alias", { ...wants("name: s, alias: other"), ...sub("s") }, {}, ["app/charts/other/templates/s.yaml"]],
    [
      "two aliases",
      { ...wants("name: s, alias: one", "name: s, alias: two"), ...sub("s") },
      {},
      ["app/charts/one/templates/s.yaml", "app/charts/two/templates/s.yaml"],
    ],
    [
      "folders that are hidden",
      { "charts/_x/a": "", "charts/.y/a": "", ...sub("s") },
      {},
      ["app/charts/s/templates/s.yaml"],
    ],
    ["a library has no manifests", sub("s", { "Chart.yaml": `${metadata("s")}type: library\n` }), {}, []],
  ])("%s", (_, files, values, want) => expect(paths(files, values)).toEqual(want));

  it("imports values, below its own", () => {
    const files = {
      ...wants("name: s, import-values: [data, {child: inner, parent: here}]"),
      ...sub("s", { "values.yaml": "exports: {data: {a: child, b: child}}\ninner: {x: 1}\n" }),
    };
    expect(
      textOf("{{ .Values.a }} {{ .Values.b }} {{ .Values.here.x }}", { ...files, "values.yaml": "a: own\n" }),
    ).toBe("own child 1");
  });

  it("sees what another template set, as a map is one map", () => {
    const files = { "templates/z.yaml": '{{ $_ := set .Values "seen" "yes" }}x: 1\n' };
    expect(textOf("{{ .Values.seen }}", files)).toBe("yes");
  });
});

describe("errors", () => {
  it.each([
    ["fail", '\n{{ fail "no" }}', "execution error at (app/templates/a.yaml:2:3): no"],
    ["required", '{{ required "give x" .Values.x }}', "execution error at (app/templates/a.yaml:1:3): give x"],
    ["an unknown function", "{{ nope }}", 'parse error at (app/templates/a.yaml:1): function "nope" not defined'],
    [
      "no YAML",
      "a: b: c",
      "YAML parse error on app/templates/a.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context",
    ],
    [
      "no object",
      "[]",
      "YAML parse error on app/templates/a.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type util.SimpleHead",
    ],
    [
      "an include that does not end",
      '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}',
      "rendering template has a nested reference name: x: unable to execute template",
    ],
    [
      "nothing below nothing",
      "{{ .Values.a.b.c }}",
      'app/templates/a.yaml:1:10\n  executing "app/templates/a.yaml" at <.Values.a.b.c>:\n    nil pointer evaluating interface {}.b',
    ],
  ])("%s", (_, template, message) => {
    const chart = chartOf({ "templates/a.yaml": template });
    expect(() => renderChart(chart, options)).toThrow(message);
  });

  it("a version of Kubernetes that the chart does not want", () => {
    const chart = chartOf({ "Chart.yaml": metadata("app", 'kubeVersion: ">=1.99.0"\n') });
    expect(() => renderChart(chart, options)).toThrow(
      "chart requires kubeVersion: >=1.99.0 which is incompatible with Kubernetes v1.37.0",
    );
  });

  it.each([
    ["loops", "{{ range until 9999 }}{{ range until 9999 }}{{ end }}{{ end }}"],
    ["repeats", '{{ repeat 2000000000 "x" }}'],
    ["calls itself", '{{ define "x" }}{{ tpl "{{ include `x` . }}" . }}{{ end }}{{ include "x" . }}'],
    [
      "nests lists",
      "{{ $l := list }}{{ range until 9999 }}{{ range until 9999 }}{{ $l = append $l 1 }}{{ end }}{{ end }}",
    ],
  ])("a chart that %s is stopped, and says where", (_, template) => {
    const startMs = threadCpuMs();
    const run = (): unknown =>
      renderChart(chartOf({ "templates/bad.yaml": template }), {
        ...options,
        budget: { maxSteps: 200_000, deadlineMs: 1_000 },
      });
    expect(run).toThrow(/app\/templates\/bad\.yaml/);
    expect(threadCpuMs() - startMs).toBeLessThan(4_000);
  });
});

describe("printTemplate", () => {
  const files = {
    "templates/a.yaml": "kind: Widget\nmetadata: {name: w}\n---\nkind: Namespace\nmetadata: {name: n}\n",
    "templates/hook.yaml":
      'kind: Job\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "5"}}\n',
    "templates/test.yaml": "kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test-success}}\n",
    "templates/unknown.yaml": "kind: Pod\nmetadata: {name: u, annotations: {helm.sh/hook: nope}}\n",
    "templates/webhook.yaml": "kind: MutatingWebhookConfiguration\nmetadata: {name: m}\n",
    "templates/NOTES.txt": "notes\n",
    "crds/c.yaml": "kind: CustomResourceDefinition\n",
  };
  const print = (more: Parameters<typeof printTemplate>[1] = {}): string[] => {
    const dialect = more.dialect ?? "helm4";
    const text = printTemplate(renderChart(chartOf(files, dialect), { ...options, dialect }), more);
    return [...text.matchAll(/^(?:kind|# Source): (?:\S+\/)?(\S+)$/gm)].map(([, word = ""]) => word);
  };

  it.each<[string, Parameters<typeof printTemplate>[1], string[]]>([
    [
      "by kind, hooks behind",
      {},
      [
        "a.yaml",
        "Namespace",
        "webhook.yaml",
        "MutatingWebhookConfiguration",
        "a.yaml",
        "Widget",
        "test.yaml",
        "Pod",
        "hook.yaml",
        "Job",
      ],
    ],
    [
      "as Helm 3: webhooks are unknown",
      { dialect: "helm3" },
      [
        "a.yaml",
        "Namespace",
        "webhook.yaml",
        "MutatingWebhookConfiguration",
        "a.yaml",
        "Widget",
        "test.yaml",
        "Pod",
        "hook.yaml",
        "Job",
      ],
    ],
    [
      "without hooks",
      { noHooks: true },
      ["a.yaml", "Namespace", "webhook.yaml", "MutatingWebhookConfiguration", "a.yaml", "Widget"],
    ],
    [
      "without tests",
      { skipTests: true, showOnly: ["templates/*k.yaml"] },
      ["webhook.yaml", "MutatingWebhookConfiguration", "hook.yaml", "Job"],
    ],
    ["with CRDs", { includeCrds: true, showOnly: ["crds/*"] }, ["c.yaml", "CustomResourceDefinition"]],
  ])("%s", (_, more, want) => expect(print(more)).toEqual(want));

  it("refuses a pattern that names nothing", () =>
    expect(() => print({ showOnly: ["nope.yaml"] })).toThrow("could not find template nope.yaml in chart"));

  it("separates as each Helm does", () => {
    const two = { "templates/a.yaml": "# c\n---\na: 1\n---\nb: 1\n" };
    const text = (dialect: HelmDialect): string =>
      printTemplate(renderChart(chartOf(two, dialect), { ...options, dialect }));
    const head = "# Source: app/templates/a.yaml\n";
    expect(text("helm4")).toBe(`---\n${head}# c\n\n---\n${head}a: 1\n\n---\n${head}b: 1\n`);
    expect(text("helm3")).toBe(`---\n${head}# c\n---\n${head}a: 1\n---\n${head}b: 1\n`);
  });

  it("weights and policies of hooks", () => {
    const [hook] = renderChart(chartOf(files), options).hooks.filter(({ name }) => name === "h");
    expect(hook).toMatchObject({ kind: "Job", weight: 5, events: ["pre-install"], deletePolicies: [] });
  });

  it("notes are apart", () => expect(renderChart(chartOf(files), options).notes).toBe("notes\n"));
});

describe("post-renderers", () => {
  const files = {
    "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
    "templates/h.yaml": "apiVersion: v1\nkind: Job\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: test\n",
  };
  const postRenderer = { run: (text: string) => text.replaceAll(/name: (a|h)$/gm, "name: $1-new") };

  it.each<[string, Partial<RenderOptions>, string[], string[]]>([
    ["everything", {}, ["a-new"], ["h-new"]],
    ["one after the other", { postRenderStrategy: "separate" }, ["a-new"], ["h-new"]],
    ["no hooks", { postRenderStrategy: "nohooks" }, ["a-new"], ["h"]],
  ])("Helm 4: %s", (_, more, manifests, hooks) => {
    const rendered = renderChart(chartOf(files), { ...options, postRenderer, ...more });
    expect(rendered.manifests.map(({ head }) => head.name)).toEqual(manifests);
    expect(rendered.hooks.map(({ name }) => name)).toEqual(hooks);
    expect(rendered.manifest).not.toContain("postrender-filename");
  });

  it("Helm 3: the finished text, and no hooks", () => {
    const rendered = renderChart(chartOf(files, "helm3"), { ...options, dialect: "helm3", postRenderer });
    expect(rendered.manifest).toContain("name: a-new");
    expect(rendered.hooks.map(({ name }) => name)).toEqual(["h"]);
  });

  it("what it throws is told", () =>
    expect(() =>
      renderChart(chartOf(files), {
        ...options,
        postRenderer: {
          run: () => {
            throw new Error("broken");
          },
        },
      }),
    ).toThrow("error while running post render on files: broken"));
});
