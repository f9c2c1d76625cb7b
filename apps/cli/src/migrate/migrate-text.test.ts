import fc from "fast-check";
import { expect, test } from "vitest";
import { kinds } from "@eddy/api";
import { isFluxKind, targetVersions } from "./target-versions.ts";
import { migrateText } from "./migrate-text.ts";

const ks = "kustomize.toolkit.fluxcd.io";
const helm = "helm.toolkit.fluxcd.io";
const source = "source.toolkit.fluxcd.io";

const cases: { name: string; text: string; want: string; changes: string[]; warnings?: string[] }[] = [
  {
    name: "an apiVersion, whatever is around it",
    text: `# of the team\r\napiVersion: ${ks}/v1beta2 # old\r\nkind:   Kustomization\r\nmetadata: {name: a}\r\n`,
    want: `# of the team\r\napiVersion: ${ks}/v1 # old\r\nkind:   Kustomization\r\nmetadata: {name: a}\r\n`,
    changes: ["2: Kustomization v1beta2 -> v1"],
  },
  {
    name: "every document, the current ones left as they are",
    text: `apiVersion: ${source}/v1beta2\nkind: OCIRepository\n---\napiVersion: ${source}/v1\nkind: GitRepository\n---\napiVersion: ${helm}/v2beta1\nkind: HelmRelease\n`,
    want: `apiVersion: ${source}/v1\nkind: OCIRepository\n---\napiVersion: ${source}/v1\nkind: GitRepository\n---\napiVersion: ${helm}/v2\nkind: HelmRelease\n`,
    changes: ["1: OCIRepository v1beta2 -> v1", "7: HelmRelease v2beta1 -> v2"],
  },
  {
    name: "the kind first, quotes, and flow style",
    text: `kind: Bucket\napiVersion: "${source}/v1beta1"\n---\n{ kind: Alert, apiVersion: notification.toolkit.fluxcd.io/v1beta1 }\n`,
    want: `kind: Bucket\napiVersion: "${source}/v1"\n---\n{ kind: Alert, apiVersion: notification.toolkit.fluxcd.io/v1beta3 }\n`,
    changes: ["2: Bucket v1beta1 -> v1", "4: Alert v1beta1 -> v1beta3"],
  },
  {
    name: "items of a list, and patches within texts",
    text: `kind: List\nitems:\n  - apiVersion: ${ks}/v1beta1\n    kind: Kustomization\npatches:\n  - patch: |\n      apiVersion: ${helm}/v2beta2\n      kind: HelmRelease\n`,
    want: `kind: List\nitems:\n  - apiVersion: ${ks}/v1\n    kind: Kustomization\npatches:\n  - patch: |\n      apiVersion: ${helm}/v2\n      kind: HelmRelease\n`,
    changes: ["3: Kustomization v1beta1 -> v1", "7: HelmRelease v2beta2 -> v2"],
  },
  {
    name: "a template that is no YAML",
    text: `{{- if .Values.a }}\napiVersion: ${helm}/v2beta1\nkind: HelmRelease\n{{ end }}\n`,
    want: `{{- if .Values.a }}\napiVersion: ${helm}/v2\nkind: HelmRelease\n{{ end }}\n`,
    changes: ["2: HelmRelease v2beta1 -> v2"],
  },
  {
    name: "kinds of others",
    text: "apiVersion: apps/v1beta1\nkind: Deployment\n",
    want: "apiVersion: apps/v1beta1\nkind: Deployment\n",
    changes: [],
  },
  {
    name: "what is no version",
    text: "apiVersion: a/b/c\nkind: Kustomization\n",
    want: "apiVersion: a/b/c\nkind: Kustomization\n",
    changes: [],
    warnings: ["1: unexpected GroupVersion string: a/b/c"],
  },
  {
    name: "fields without effect",
    text: `apiVersion: ${ks}/v1beta2\nkind: Kustomization\nspec:\n  validation: client # drop me\n  # about the path\n  path: ./\n---\napiVersion: ${source}/v1beta1\nkind: GitRepository\nspec:\n  url: https://example.com\n  gitImplementation: libgit2\n  accessFrom:\n    namespaceSelectors:\n    - matchLabels: {}\n\n  # about the ref\n  ref:\n    branch: main\n`,
    want: `apiVersion: ${ks}/v1\nkind: Kustomization\nspec:\n  # about the path\n  path: ./\n---\napiVersion: ${source}/v1\nkind: GitRepository\nspec:\n  url: https://example.com\n\n  # about the ref\n  ref:\n    branch: main\n`,
    changes: [
      "1: Kustomization v1beta2 -> v1",
      "4: spec.validation removed: it has no effect",
      "8: GitRepository v1beta1 -> v1",
      "12: spec.gitImplementation removed: it has no effect",
      "13: spec.accessFrom removed: it has no effect",
    ],
  },
  {
    name: "strategic merges, and their comments",
    text: `apiVersion: ${ks}/v1beta2
kind: Kustomization
spec:
  patchesStrategicMerge: # all of them
    # first
    - apiVersion: apps/v1
      kind: Deployment
      metadata: # named
        name: a
    # second

    - |-
      apiVersion: v1
      kind: Service
      metadata: { name: b }
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
  # about pruning
  prune: true
`,
    want: `apiVersion: ${ks}/v1
kind: Kustomization
spec:
  patches: # all of them
    # first
    - patch: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: # named
          name: a
    # second

    - patch: |-
        apiVersion: v1
        kind: Service
        metadata: { name: b }
    - patch: |
        {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
  # about pruning
  prune: true
`,
    changes: ["1: Kustomization v1beta2 -> v1", "4: spec.patchesStrategicMerge -> spec.patches"],
  },
  {
    name: "all three lists in the order in which they took effect",
    text: `apiVersion: ${ks}/v1beta2
kind: Kustomization
spec:
  patches:
  - patch: |
      kind: Deployment
    target: { kind: Deployment }
  interval: 1m
  patchesJson6902:
    - target:
        kind: Service
        name: s
      patch:
      - op: replace # the port
        path: /spec/x
        value: 1
    - patch: [{ op: remove, path: /spec/y }] # short
      target: { kind: Service, name: t }
    - target: { kind: Service, name: u }
      patch: |
        - op: remove
          path: /spec/z
  patchesStrategicMerge:
  - kind: Deployment
    metadata: { name: a }
`,
    want: `apiVersion: ${ks}/v1
kind: Kustomization
spec:
  patches:
  - patch: |
      kind: Deployment
      metadata: { name: a }
  - patch: |
      kind: Deployment
    target: { kind: Deployment }
  - target:
      kind: Service
      name: s
    patch: |
      - op: replace # the port
        path: /spec/x
        value: 1
  - patch: |
      [{ op: remove, path: /spec/y }] # short
    target: { kind: Service, name: t }
  - target: { kind: Service, name: u }
    patch: |
      - op: remove
        path: /spec/z
  interval: 1m
`,
    changes: [
      "1: Kustomization v1beta2 -> v1",
      "1: spec.patchesJson6902 -> spec.patches",
      "4: spec.patchesStrategicMerge -> spec.patches",
    ],
  },
  {
    name: "a values file, alone",
    text: `apiVersion: ${source}/v1beta1\nkind: HelmChart\nspec:\n  valuesFile: ./values-prod.yaml  # prod\n  chart: a\n`,
    want: `apiVersion: ${source}/v1\nkind: HelmChart\nspec:\n  valuesFiles: [./values-prod.yaml]  # prod\n  chart: a\n`,
    changes: ["1: HelmChart v1beta1 -> v1", "4: spec.valuesFile -> spec.valuesFiles"],
  },
  {
    name: "a values file in front of others, and the patches of a post-renderer",
    text: `apiVersion: ${helm}/v2beta1\nkind: HelmRelease\nspec:\n  chart:\n    spec:\n      valuesFiles:\n      - b.yaml\n      valuesFile: a.yaml\n  postRenderers:\n  - kustomize:\n      patchesStrategicMerge:\n      - kind: Deployment\n        metadata: {name: a}\n`,
    want: `apiVersion: ${helm}/v2\nkind: HelmRelease\nspec:\n  chart:\n    spec:\n      valuesFiles:\n      - a.yaml\n      - b.yaml\n  postRenderers:\n  - kustomize:\n      patches:\n      - patch: |\n          kind: Deployment\n          metadata: {name: a}\n`,
    changes: [
      "1: HelmRelease v2beta1 -> v2",
      "8: spec.chart.spec.valuesFile -> spec.chart.spec.valuesFiles",
      "11: spec.postRenderers[0].kustomize.patchesStrategicMerge -> spec.postRenderers[0].kustomize.patches",
    ],
  },
  {
    name: "fields that no line can be told of: the object stays",
    text: `apiVersion: ${ks}/v1beta2\nkind: Kustomization\nspec: { path: ./, patchesStrategicMerge: [{ kind: A, metadata: { name: a } }] }\n`,
    want: `apiVersion: ${ks}/v1beta2\nkind: Kustomization\nspec: { path: ./, patchesStrategicMerge: [{ kind: A, metadata: { name: a } }] }\n`,
    changes: [],
    warnings: ["1: Kustomization v1beta2 is left as it is: convert patchesStrategicMerge by hand"],
  },
  {
    name: "patches behind an alias: the object stays",
    text: `x: &p [{ kind: A }]\napiVersion: ${ks}/v1beta2\nkind: Kustomization\nspec:\n  patchesStrategicMerge: *p\n`,
    want: `x: &p [{ kind: A }]\napiVersion: ${ks}/v1beta2\nkind: Kustomization\nspec:\n  patchesStrategicMerge: *p\n`,
    changes: [],
    warnings: ["2: Kustomization v1beta2 is left as it is: convert patchesStrategicMerge by hand"],
  },
];

test.each(cases)("migration of $name", ({ text, want, changes, warnings = [] }) => {
  const migrated = migrateText(text, targetVersions(undefined));
  expect(migrated.text).toBe(want);
  expect(migrated.warnings).toEqual(warnings);
  expect(migrated.changes).toEqual(changes);
});

test("every older version of every kind becomes the current one", () => {
  for (const kind of kinds.filter(isFluxKind)) {
    for (const { name } of kind.versions) {
      const { text } = migrateText(
        `apiVersion: ${kind.group}/${name}\nkind: ${kind.kind}\n`,
        targetVersions(undefined),
      );
      expect(text).toBe(`apiVersion: ${kind.group}/${kind.storageVersion}\nkind: ${kind.kind}\n`);
    }
  }
});

test("a release that is not supported is refused, an older one has the versions of its time", () => {
  expect(() => targetVersions("1.0")).toThrow(
    "version 1.0 is not supported, supported versions are: 2.9, 2.8, 2.7, 2.6",
  );
  expect(targetVersions("2.6")("image.toolkit.fluxcd.io", "ImagePolicy")).toBe("v1beta2");
  expect(targetVersions("2.9")("image.toolkit.fluxcd.io", "ImagePolicy")).toBe("v1");
});

test("a line that only YAML sees does not move the others", () => {
  const text = `é: \u2028\nkind: Kustomization\napiVersion: ${ks}/v1beta2`;
  expect(migrateText(text, targetVersions(undefined))).toMatchObject({
    text: `é: \u2028\nkind: Kustomization\napiVersion: ${ks}/v1`,
    changes: ["3: Kustomization v1beta2 -> v1"],
  });
});

test("what needs no migration keeps every byte, and a second migration finds nothing", () => {
  const line = fc.constantFrom(
    `apiVersion: ${ks}/v1beta2`,
    "kind: Kustomization",
    "spec:",
    "  path: ./",
    "  validation: client",
    "---",
    "# x",
    "",
    "  patchesStrategicMerge:",
    "  - kind: A",
    "\tx",
    "é: \u2028",
    "{{ x }}",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), fc.constantFrom("\n", "\r\n"), (lines, end) => {
      const text = lines.join(end);
      const first = migrateText(text, targetVersions(undefined));
      expect(first.text === text).toBe(first.changes.length === 0);
      const second = migrateText(first.text, targetVersions(undefined));
      expect(second.text).toBe(first.text);
      expect(second.changes).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
