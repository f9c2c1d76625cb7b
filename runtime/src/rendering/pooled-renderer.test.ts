import { memoryTree } from "@eddy/core/tree";
import { loadChart, type Chart } from "@eddy/helm";
import type { KubeClient } from "@eddy/kube";
import { KubeApiError } from "@eddy/kube";
import { afterAll, describe, expect, test } from "vitest";
import type { RenderRequest } from "../helm/index.ts";
import { createChartRenderer } from "./chart-renderer.ts";
import { createPooledRenderer } from "./pooled-renderer.ts";

const chartOf = (template: string): Chart =>
  loadChart(
    memoryTree({ "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.0.0\n", "templates/a.yaml": template }),
    "",
  );
const request: RenderRequest = {
  release: { name: "web", namespace: "ns" },
  values: {},
  dialect: "helm4",
  subNotes: false,
  skipSchemaValidation: false,
  lookup: true,
};

/** A cluster of these ConfigMaps, by name; each says which one is next. */
function cluster(next: Readonly<Record<string, string>>): { kube: KubeClient; asked: string[] } {
  const asked: string[] = [];
  const objectOf = (name: string): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
    data: { next: next[name] ?? "" },
  });
  const kube: Partial<KubeClient> = {
    get({ name, kind }) {
      asked.push(`${kind}/${name}`);
      if (name in next) return Promise.resolve(objectOf(name) as never);
      const reason = kind === "ConfigMap" ? "NotFound" : "NoKindMatch";
      return Promise.reject(
        new KubeApiError({
          code: name === "denied" ? 403 : 404,
          reason: name === "denied" ? "Forbidden" : reason,
          message: reason,
        }),
      );
    },
    list({ kind }) {
      asked.push(`${kind}/*`);
      return Promise.resolve({ items: Object.keys(next).map(objectOf), resourceVersion: "1" } as never);
    },
  };
  return { kube: kube as KubeClient, asked };
}

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "';

const shared = createChartRenderer();
afterAll(() => shared.close());

describe("createPooledRenderer()", () => {
  test("reads what templates look up, one after the other where one names the next", async () => {
    const { kube, asked } = cluster({ a: "b", b: "c", c: "end" });
    const step = (variable: string, from: string): string =>
      `{{ $${variable} := (lookup "v1" "ConfigMap" "ns" ${from}).data.next }}`;
    const template = `${step("b", '"a"')}${step("c", "$b")}${step("d", "$c")}${head}{{ $d }}-{{ len (lookup "v1" "ConfigMap" "ns" "").items }}" }\n`;
    const { manifest } = await createPooledRenderer(shared, kube)(chartOf(template), request);
    expect(manifest).toContain('name: "end-3"');
    expect(asked).toEqual(["ConfigMap/a", "ConfigMap/b", "ConfigMap/c", "ConfigMap/*"]);
  });

  test("what is not there is empty, and nothing is asked where lookup is off", async () => {
    const { kube, asked } = cluster({});
    const template = `${head}{{ len (lookup "v1" "ConfigMap" "ns" "a") }}" }\n`;
    expect((await createPooledRenderer(shared, kube)(chartOf(template), request)).manifest).toContain('"0"');
    expect(asked.length).toBe(1);
    expect(
      (await createPooledRenderer(shared, kube)(chartOf(template), { ...request, lookup: false })).manifest,
    ).toContain('"0"');
    expect(asked.length).toBe(1);
  });

  test("a refusal of the server is one of the rendering, and so is the chart's own", async () => {
    const { kube } = cluster({});
    const denied = `${head}{{ lookup "v1" "ConfigMap" "ns" "denied" }}" }\n`;
    await expect(createPooledRenderer(shared, kube)(chartOf(denied), request)).rejects.toMatchObject({
      status: { code: 403 },
    });
    const unknown = `${head}{{ lookup "x/v1" "Thing" "ns" "a" }}" }\n`;
    await expect(createPooledRenderer(shared, kube)(chartOf(unknown), request)).rejects.toThrow("NoKindMatch");
    const fails = `{{ if not (lookup "v1" "ConfigMap" "ns" "a") }}{{ fail "no a" }}{{ end }}`;
    await expect(createPooledRenderer(shared, kube)(chartOf(fails), request)).rejects.toThrow("no a");
  });

  test("a chart that asks for ever other objects ends", async () => {
    const { kube, asked } = cluster({});
    const endless = `${head}{{ lookup "v1" "ConfigMap" "ns" (randAlpha 9 | lower) | len }}" }\n`;
    await expect(createPooledRenderer(shared, kube)(chartOf(endless), request)).rejects.toThrow("20 times");
    expect(asked.length).toBe(20);
  });
});
