import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { memoryTree } from "@eddy/core/tree";
import { type Chart, loadChart } from "@eddy/helm";
import type { KubeClient } from "@eddy/kube";
import { createChartRenderer, createPooledRenderer, determineRenderPlace, type RenderChartRequest } from "./index.ts";

function chartOf(templates: Record<string, string>, values = ""): Chart {
  const files = Object.fromEntries(Object.entries(templates).map(([name, text]) => [`templates/${name}`, text]));
  return loadChart(
    memoryTree({ "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.0.0\n", "values.yaml": values, ...files }),
    "",
  );
}

const request: RenderChartRequest = { release: { name: "r", namespace: "n" }, values: {} };
const configMap = (name: string, text = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  text: ${text}\n`;

// The time that a render may take is long, so that what stops one is what it uses, also on a busy machine.
const here = createChartRenderer({ timeoutMs: 60_000 });
const workers = createChartRenderer({ alwaysWorker: true, maxWorkers: 1, timeoutMs: 60_000 });
// A thread loads its program once; on a busy machine that takes seconds.
beforeAll(async () => {
  const small = chartOf({ "a.yaml": configMap("a") });
  await workers.render(small, request);
  await here.render(
    chartOf({ "a.yaml": `{{- range until 9999 }}{{ range until 20 }}{{ end }}{{ end }}${configMap("a")}` }),
    request,
  );
}, 60_000);
afterAll(async () => {
  await here.close();
  await workers.close();
});

describe("threads", () => {
  it("end when nobody has needed them for half a minute, and come back", async () => {
    const clock = fakeClock();
    const renderer = createChartRenderer({ alwaysWorker: true, maxWorkers: 1, clock });
    const chart = chartOf({ "a.yaml": configMap("a") });
    const ended = Promise.withResolvers<void>();
    process.once("worker", (thread) => thread.once("exit", () => ended.resolve()));
    await renderer.render(chart, request);
    clock.advance(29_000);
    await renderer.render(chart, request);
    clock.advance(29_000);
    await renderer.render(chart, request);
    clock.advance(30_000);
    await ended.promise;
    expect((await renderer.render(chart, request)).manifest).toContain("name: a");
    await renderer.close();
  });
});

describe("determineRenderPlace", () => {
  it.each([
    { name: "a small chart that is new", templateBytes: 5_000, cpuMs: [], wasStopped: false, want: "here" },
    {
      name: "a small chart that was quick",
      templateBytes: 5_000,
      cpuMs: [3, 3],
      wasStopped: false,
      want: "here",
    },
    {
      name: "a small chart that was slow when new",
      templateBytes: 5_000,
      cpuMs: [80],
      wasStopped: false,
      want: "here",
    },
    {
      name: "a small chart that was slow twice",
      templateBytes: 5_000,
      cpuMs: [80, 16],
      wasStopped: false,
      want: "worker",
    },
    {
      name: "a small chart that was slow once",
      templateBytes: 5_000,
      cpuMs: [80, 3],
      wasStopped: false,
      want: "here",
    },
    { name: "a chart that was stopped", templateBytes: 500, cpuMs: [3], wasStopped: true, want: "worker" },
    { name: "a large chart", templateBytes: 900_000, cpuMs: [], wasStopped: false, want: "worker" },
  ])("$name: $want", ({ want, ...observation }) => expect(determineRenderPlace(observation)).toBe(want));
});

describe.each([
  ["here", () => here],
  ["in a worker", () => workers],
])("a chart rendered %s", (_, renderer) => {
  it("gives manifests, hooks, notes and the decided chart", async () => {
    const chart = chartOf({
      "a.yaml": configMap("a", "{{ .Values.text }}-{{ .Values.count }}"),
      "hook.yaml": configMap("h").replace("name: h", "name: h\n  annotations: {helm.sh/hook: pre-install}"),
      "NOTES.txt": "for {{ .Release.Name }}",
    });
    const rendered = await renderer().render(chart, { ...request, values: { text: "x", count: 12_345_678n } });
    expect(rendered.manifest).toContain("text: x-12345678");
    expect(rendered.hooks.map(({ name, events }) => [name, events])).toEqual([["h", ["pre-install"]]]);
    expect(rendered.notes).toBe("for r");
    expect(rendered.chart.metadata.name).toBe("demo");
  });

  it("fetches what templates look up, and renders again", async () => {
    const chart = chartOf({
      "a.yaml": configMap("a", `{{ (lookup "v1" "Secret" "n" "one").data.next | default "none" }}`),
      "b.yaml": `{{- $first := lookup "v1" "Secret" "n" "one" }}${configMap("b", `{{ (lookup "v1" "Secret" "n" $first.data.next).data.text }}`)}`,
    });
    const asked: string[] = [];
    const lookup: RenderChartRequest["lookup"] = async (...parts) => {
      asked.push(parts.join("/"));
      return parts[3] === "one" ? { data: { next: "two" } } : { data: { text: "found" } };
    };
    const rendered = await renderer().render(chart, { ...request, lookup });
    expect(rendered.manifest).toContain("text: found");
    expect(asked).toEqual(["v1/Secret/n/one", "v1/Secret/n/two"]);
  });

  it("says where a chart fails", async () => {
    const chart = chartOf({ "a.yaml": "one: 1\ntwo: {{ fail `no way` }}\n" });
    await expect(renderer().render(chart, request)).rejects.toMatchObject({
      message: "execution error at (demo/templates/a.yaml:2:8): no way",
      position: { file: "demo/templates/a.yaml", line: 2 },
    });
  });

  it.each([
    [
      "loops for ever",
      "a: 1\n{{ range until 9999 }}{{ range until 9999 }}{{ range until 9999 }}{{ end }}{{ end }}{{ end }}",
      /demo\/templates\/bad\.yaml.* it took more than 2000000 steps$/,
    ],
    [
      "repeats a gigabyte",
      `a: 1\n{{ repeat 1000000000 "x" }}`,
      /demo\/templates\/bad\.yaml.* it made more than 268435456 bytes of text$/,
    ],
    [
      "calls itself through tpl",
      `a: 1\n{{ define "again" }}{{ tpl "{{ include \\"again\\" . }}" . }}{{ end }}{{ include "again" . }}`,
      // Where the stack is large Helm's own limit comes first.
      /nested too deeply .*demo\/templates\/bad\.yaml|demo\/templates\/bad\.yaml.* has a nested reference name/,
    ],
  ])("is stopped where it %s, and the next one goes on", async (_name, text, why) => {
    const rendering = renderer().render(chartOf({ "bad.yaml": text }), request);
    // By what it used, not by the time that passed: how long that takes depends on the machine.
    await expect(rendering).rejects.toThrow(why);
    const rendered = await renderer().render(chartOf({ "a.yaml": configMap("a") }), request);
    expect(rendered.manifests).toHaveLength(1);
  });
});

describe("a worker", () => {
  it("is ended when a render takes too long, and names the template", { timeout: 60_000 }, async () => {
    const impatient = createChartRenderer({
      alwaysWorker: true,
      timeoutMs: 300,
      budget: { deadlineMs: 60_000, maxSteps: 1e12 },
    });
    const chart = chartOf({
      "slow.yaml":
        "a: 1\n{{ range until 9999 }}{{ range until 9999 }}{{ range until 9999 }}{{ end }}{{ end }}{{ end }}",
    });
    await expect(impatient.render(chart, request)).rejects.toMatchObject({
      code: "HELM_BUDGET",
      message: expect.stringMatching(/stop rendering( at "demo\/templates\/slow\.yaml")?: it ran longer than 300 ms/),
    });
    await impatient.close();
  });

  it("is ended when the caller gives up", { timeout: 60_000 }, async () => {
    const patient = createChartRenderer({ alwaysWorker: true });
    const controller = new AbortController();
    const rendering = patient.render(chartOf({ "a.yaml": configMap("a") }), { ...request, signal: controller.signal });
    controller.abort();
    await expect(rendering).rejects.toThrow("it was cancelled");
    await patient.close();
  });
});

describe("createPooledRenderer", () => {
  const kube = {
    get: async () => ({ data: { text: "one" } }),
    list: async () => ({ items: [{}, {}], resourceVersion: "7" }),
  } as unknown as KubeClient;
  const lookups = configMap(
    "a",
    `{{ (lookup "v1" "Secret" "n" "x").data.text }}-{{ len (lookup "v1" "Secret" "n" "").items }}`,
  );

  it("lets templates see the cluster where they may", async () => {
    const render = createPooledRenderer(here, kube);
    const chart = chartOf({ "a.yaml": lookups });
    const more = { dialect: "helm4", subNotes: false, skipSchemaValidation: false } as const;
    const rendered = await render(chart, { ...request, ...more, lookup: true });
    expect(rendered.manifest).toContain("text: one-2");
    await expect(render(chart, { ...request, ...more, lookup: false })).rejects.toThrow("nil pointer");
  });
});
