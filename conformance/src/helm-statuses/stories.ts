import { forceAtAnnotation, resetAtAnnotation, type HelmReleaseSpec } from "@eddy/api";
import type { Files } from "../side-hand.ts";
import type { Story } from "../compare-stories.ts";
import type { Hand } from "./hand.ts";

type Spec = Partial<HelmReleaseSpec>;

const map = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: ${data} }\n`;
const service = (port: number): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: ${port} }] }\n`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: c, image: "nginx:1" }] } }
`;
const good: Files = { "a.yaml": map("a", "'{{ .Values.text | default 1 }}'"), "b.yaml": map("b", "'1'") };
const invalid: Files = { ...good, "s.yaml": service(123_456) };
const otherParser = "what does not parse is worded by another library";

const install =
  (templates: Files, spec: Spec = {}, more: Files = {}) =>
  async (hand: Hand): Promise<void> => {
    await hand.publish("1.0.0", templates, more);
    await hand.release(spec);
    await hand.ended();
  };
/** Without a chart. */
const wait =
  (spec: Spec, first?: Spec) =>
  async (hand: Hand): Promise<void> => {
    if (first) {
      await hand.release(first, "first");
      if (!first.suspend) await hand.request("first");
      else await hand.look("first");
    }
    await hand.release(spec);
    if (spec.suspend) await hand.look();
    else await hand.request();
  };
const upgrade =
  (version: string, templates: Files) =>
  async (hand: Hand): Promise<void> => {
    await hand.publish(version, templates);
    await hand.request();
  };
const change =
  (spec: Parameters<Hand["change"]>[0]) =>
  async (hand: Hand): Promise<void> => {
    await hand.change(spec);
    await hand.request();
  };
const suspend = async (hand: Hand): Promise<void> => {
  await hand.change({ suspend: true });
  await hand.look();
};
const request = (hand: Hand): Promise<void> => hand.request();
const end = (hand: Hand): Promise<void> => hand.end();
const chart = { spec: { chart: "app", sourceRef: { kind: "HelmRepository", name: "none" } } } as const;
const chartRef = { kind: "OCIRepository", name: "none" } as const;

/** By what they are about. */
export const stories: readonly Story<Hand>[] = [
  { name: "a chart of a repository that is not there", steps: [wait({ chart }), suspend] },
  { name: "a chart of an OCIRepository that is not there", steps: [wait({ chartRef }), suspend] },
  {
    name: "a chart of a HelmChart that is not there",
    steps: [wait({ chartRef: { kind: "HelmChart", name: "none" } }), suspend],
  },
  { name: "depends on one that is not there", steps: [wait({ dependsOn: [{ name: "nobody" }] }), suspend] },
  { name: "depends on one that is not ready", steps: [wait({ dependsOn: [{ name: "first" }] }, { chart })] },
  {
    name: "depends on one that is suspended",
    steps: [wait({ dependsOn: [{ name: "first" }] }, { chart, suspend: true })],
  },
  {
    name: "a dependency whose expression says no",
    steps: [wait({ dependsOn: [{ name: "first", readyExpr: "dep.metadata.name == self.metadata.name" }] }, { chart })],
  },
  {
    name: "a dependency whose expression fails",
    steps: [wait({ dependsOn: [{ name: "first", readyExpr: "dep.metadata.labels['none'] == 'x'" }] }, { chart })],
  },
  {
    name: "a dependency whose expression does not parse",
    differs: otherParser,
    steps: [wait({ dependsOn: [{ name: "first", readyExpr: "dep." }] }, { chart })],
  },
  {
    name: "a health check that does not parse",
    differs: otherParser,
    steps: [wait({ healthCheckExprs: [{ apiVersion: "v1", kind: "ConfigMap", current: "data.a ==" }] })],
  },
  { name: "suspended from the start", steps: [wait({ suspend: true })] },

  {
    name: "installed, upgraded, uninstalled",
    steps: [install(good), request, upgrade("1.1.0", { "a.yaml": map("a", "'2'") }), end],
  },
  {
    name: "other values",
    steps: [install(good), change({ values: { text: "two" } }), change({ values: { text: "two" } })],
  },
  {
    name: "other names",
    steps: [install(good, { releaseName: "web", targetNamespace: "{ns}", storageNamespace: "{ns}" })],
  },
  {
    name: "a namespace that is not there",
    steps: [install({ "a.yaml": map("a", "1") }, { targetNamespace: "none-{ns}" })],
  },
  {
    name: "values of what is not there",
    steps: [
      install(good, { valuesFrom: [{ kind: "ConfigMap", name: "gone" }] }),
      change({ valuesFrom: [{ kind: "ConfigMap", name: "gone", optional: true }] }),
    ],
  },
  {
    name: "a key of values that is not there",
    steps: [
      async (hand) => {
        await hand.write({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "values" },
          data: { other: "a: b" },
        });
        await install(good, { valuesFrom: [{ kind: "ConfigMap", name: "values" }] })(hand);
      },
    ],
  },
  {
    name: "an install that the server refuses",
    steps: [install(invalid), upgrade("1.1.0", good)],
  },
  {
    name: "an install that the server refuses, tried again",
    steps: [
      async (hand) => {
        await hand.publish("1.0.0", invalid);
        await hand.release({ install: { remediation: { retries: 1 } } });
        await hand.stalled();
      },
      upgrade("1.1.0", good),
    ],
  },
  {
    name: "an upgrade that the server refuses",
    steps: [install(good), upgrade("1.1.0", invalid), upgrade("1.2.0", good)],
  },
  {
    name: "an upgrade that the server refuses, rolled back",
    steps: [
      install(good, { upgrade: { remediation: { retries: 1, remediateLastFailure: true } } }),
      upgrade("1.1.0", invalid),
    ],
  },
  {
    name: "an upgrade that the server refuses, uninstalled",
    steps: [
      install(good, { upgrade: { remediation: { retries: 0, strategy: "uninstall", remediateLastFailure: true } } }),
      upgrade("1.1.0", invalid),
    ],
  },
  { name: "what never becomes ready", steps: [install({ "web.yaml": deployment }, { timeout: "2s" })] },
  { name: "a template that fails", steps: [install({ "a.yaml": '{{ fail "no luck" }}' })] },
  { name: "a template that does not parse", steps: [install({ "a.yaml": "{{ if }}" })] },
  { name: "no YAML", steps: [install({ "a.yaml": "a: [" })] },
  {
    name: "values that the chart's schema refuses",
    steps: [
      install(
        good,
        { values: { text: 7 } },
        {
          "values.schema.json": '{"type":"object","properties":{"text":{"type":"string"}}}',
        },
      ),
    ],
  },
  {
    name: "drift that is put back",
    steps: [
      install(good, { driftDetection: { mode: "enabled" } }),
      async (hand) => {
        await hand.patch({ group: "", kind: "ConfigMap", name: "b" }, { data: { a: "mine" } });
        await hand.request();
      },
    ],
  },
  {
    name: "an object that is taken away, with drift detection",
    steps: [
      install(good, { driftDetection: { mode: "enabled" } }),
      async (hand) => {
        await hand.remove({ group: "", kind: "ConfigMap", name: "b" });
        await hand.request();
      },
    ],
  },
  {
    name: "an upgrade that is forced",
    steps: [install(good), (hand) => hand.request("app", { [forceAtAnnotation]: "" })],
  },
  {
    name: "failures that are reset",
    steps: [install(invalid), (hand) => hand.request("app", { [resetAtAnnotation]: "" })],
  },
  { name: "suspended once it is installed", steps: [install(good), suspend, change({ suspend: false })] },
  { name: "deleted while suspended", steps: [install(good), suspend, end] },
  {
    name: "another release name",
    steps: [install(good), change({ releaseName: "other" })],
  },
  {
    name: "its storage is gone",
    steps: [
      install(good),
      async (hand) => {
        await hand.remove({ group: "", kind: "Secret", name: "sh.helm.release.v1.app.v1" });
        await hand.request();
      },
    ],
  },
  {
    name: "labels for all, images and patches",
    steps: [
      install(good, {
        commonMetadata: { labels: { team: "red" } },
        postRenderers: [
          {
            kustomize: {
              patches: [{ patch: "- op: add\n  path: /data/b\n  value: x\n", target: { kind: "ConfigMap" } }],
            },
          },
        ],
      }),
    ],
  },
];
