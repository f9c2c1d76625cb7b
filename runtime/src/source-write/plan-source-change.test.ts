import { memoryTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { containersOf, overlayTree, planSourceChange, type WantedChange } from "./index.ts";

const source = { sourceRef: { kind: "GitRepository" as const, name: "app" }, interval: "1h", prune: true };

function deployment(name: string, images: Record<string, string>): string {
  const containers = Object.entries(images).map(
    ([container, image]) => `      - name: ${container}\n        image: ${image}\n`,
  );
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  template:\n    spec:\n      containers:\n${containers.join("")}`;
}

function image(name: string, container: string, to: string, kind: string = "Deployment"): WantedChange {
  return { form: "image", object: { kind, name, namespace: "shop" }, container, image: to };
}

interface Case {
  readonly name: string;
  readonly files: Record<string, string>;
  readonly path?: string;
  readonly spec?: object;
  readonly changes: readonly WantedChange[];
  /** Files afterwards, in part. */
  readonly want?: Record<string, string>;
  readonly refused?: readonly string[];
}

const plain = deployment("web", { web: "nginx:1.13.12 # keep" });
const cases: Case[] = [
  {
    name: "a plain folder",
    files: { "k8s/web.yaml": plain, "k8s/other.yaml": deployment("other", { web: "nginx:1.13.12" }) },
    path: "./k8s",
    changes: [image("web", "web", "nginx:1.14.2")],
    want: { "k8s/web.yaml": plain.replace("1.13.12", "1.14.2") },
  },
  {
    name: "an entry of images decides",
    files: {
      "base/web.yaml": plain,
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "prod/kustomization.yaml": 'resources: [../base]\nimages:\n  - name: nginx\n    newTag: "1.0" # by hand\n',
    },
    path: "prod",
    changes: [image("web", "web", "nginx:1.14.2")],
    want: {
      "prod/kustomization.yaml": 'resources: [../base]\nimages:\n  - name: nginx\n    newTag: "1.14.2" # by hand\n',
    },
  },
  {
    name: "an entry that another one shares is not touched",
    files: {
      "k/two.yaml": `${deployment("a", { web: "nginx:1" })}---\n${deployment("b", { web: "nginx:1" })}`,
      "k/kustomization.yaml": "resources: [two.yaml]\nimages:\n  - name: nginx\n    newTag: '2'\n",
    },
    path: "k",
    changes: [image("a", "web", "nginx:3")],
    refused: ["k/kustomization.yaml would also change deployment/b (web)"],
  },
  {
    name: "an entry that all of them want",
    files: {
      "k/two.yaml": `${deployment("a", { web: "nginx:1" })}---\n${deployment("b", { web: "nginx:1" })}`,
      "k/kustomization.yaml": "resources: [two.yaml]\nimages:\n  - name: nginx\n    newTag: '2'\n",
    },
    path: "k",
    changes: [image("a", "web", "nginx:3"), image("b", "web", "nginx:3")],
    want: { "k/kustomization.yaml": "resources: [two.yaml]\nimages:\n  - name: nginx\n    newTag: '3'\n" },
  },
  {
    name: "a base that another overlay has too, by a prefixed name",
    files: {
      "base/web.yaml": plain,
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "k/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\n",
    },
    path: "k",
    changes: [image("prod-web", "web", "nginx:2")],
    want: { "base/web.yaml": plain.replace("1.13.12", "2") },
  },
  {
    name: "a patch decides",
    files: {
      "k/web.yaml": plain,
      "k/patch.yaml": deployment("web", { web: "nginx:1.99" }),
      "k/kustomization.yaml": "resources: [web.yaml]\npatches:\n  - path: patch.yaml\n",
    },
    path: "k",
    changes: [image("web", "web", "nginx:2")],
    want: { "k/patch.yaml": deployment("web", { web: "nginx:2" }) },
  },
  {
    name: "values of a HelmRelease",
    files: {
      "hr.yaml":
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  values:\n    image:\n      repository: nginx\n      tag: '1'\n",
    },
    changes: [image("web", "chart-image", "nginx:2", "HelmRelease")],
    want: {
      "hr.yaml":
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  values:\n    image:\n      repository: nginx\n      tag: '2'\n",
    },
  },
  {
    name: "annotations",
    files: { "web.yaml": plain },
    changes: [
      {
        form: "annotations",
        object: { kind: "Deployment", name: "web", namespace: "shop" },
        annotations: { "fluxcd.io/locked": "true", "fluxcd.io/automated": null },
      },
    ],
    want: {
      "web.yaml": plain.replace("  name: web\n", '  name: web\n  annotations:\n    fluxcd.io/locked: "true"\n'),
    },
  },
  {
    name: "the Kustomization's own images win",
    files: { "web.yaml": plain },
    spec: { images: [{ name: "nginx", newTag: "9" }] },
    changes: [image("web", "web", "nginx:2")],
    refused: ["changes in web.yaml do not take: spec.images of the Kustomization sets it"],
  },
  {
    name: "a variable",
    files: { "web.yaml": deployment("web", { web: "nginx:${TAG}" }) },
    changes: [image("web", "web", "nginx:2")],
    refused: ["web.yaml has nginx:${TAG}: change what is substituted"],
  },
  {
    name: "a marker",
    files: { "web.yaml": deployment("web", { web: 'nginx:1 # {"$imagepolicy": "flux-system:nginx"}' }) },
    changes: [image("web", "web", "nginx:2")],
    refused: ['web.yaml:10 is set by ImagePolicy "flux-system:nginx"'],
  },
  {
    name: "nothing of that name",
    files: { "web.yaml": plain },
    changes: [image("gone", "web", "nginx:2")],
    refused: ["not found in repository"],
  },
  { name: "it is there", files: { "web.yaml": plain }, changes: [image("web", "web", "docker.io/nginx:1.13.12")] },
];

describe("planSourceChange", () => {
  it.each(cases)("$name", ({ files, path, spec, changes, want = {}, refused = [] }) => {
    const tree = memoryTree(files);
    const folders = [{ spec: { ...source, ...(path === undefined ? {} : { path }), ...spec }, changes }];
    const plan = planSourceChange(tree, folders);
    expect(plan.refused.map(({ reason }) => reason)).toEqual(refused);
    expect(Object.fromEntries([...plan.files].map(([file, bytes]) => [file, Buffer.from(bytes).toString()]))).toEqual(
      want,
    );
    const again = planSourceChange(overlayTree(tree, plan.files), folders);
    expect(again.files.size).toBe(0);
    expect(again.present.length).toBe(changes.length - refused.length);
  });

  it("refuses what cannot be built", () => {
    const folders = [{ spec: { ...source, path: "nowhere" }, changes: [image("web", "web", "nginx:2")] }];
    expect(() => planSourceChange(memoryTree({ "a.yaml": plain }), folders)).toThrow(
      'build "nowhere": there is no such folder',
    );
  });
});

describe("containersOf", () => {
  it("of a CronJob, init containers first", () => {
    const spec = {
      jobTemplate: {
        spec: {
          template: {
            spec: { containers: [{ name: "a", image: "x:1" }], initContainers: [{ name: "i", image: "y" }] },
          },
        },
      },
    };
    expect(containersOf({ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "c" }, spec })).toEqual([
      { name: "i", form: "init-container", image: "y" },
      { name: "a", form: "container", image: "x:1" },
    ]);
  });
});
