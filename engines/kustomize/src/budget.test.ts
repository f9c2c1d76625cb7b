import { memoryTree } from "@eddy/core/tree";
import { expect, test } from "vitest";
import { buildKustomization } from "./build.ts";
import { KustomizeError } from "./error.ts";
import type { BuildLimits } from "./options.ts";

type Files = Record<string, string>;

const component = "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n";
const mebibyte = "x".repeat(1024 * 1024);
const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join("");

function configMap(name: string, data: string = "{k: 'aaaaaaaaaa,b'}"): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${data}\n`;
}

function one(kustomization: string, data?: string): Files {
  return { "kustomization.yaml": `resources: [a.yaml]\n${kustomization}`, "a.yaml": configMap("a", data) };
}

const many = (kustomization: string, count: number): Files => ({
  "kustomization.yaml": `resources: [a.yaml]\n${kustomization}`,
  "a.yaml": times(count, (index) => configMap(`a${index}`)),
});

/** Folders of which each names the next one twice. */
function doubled(levels: number, text: (next: string) => string, last: string): Files {
  const files: Files = { "c0/kustomization.yaml": last };
  for (let level = 1; level <= levels; level++) files[`c${level}/kustomization.yaml`] = text(`../c${level - 1}`);
  return files;
}

const delimited = `- source: {kind: ConfigMap, fieldPath: data.k}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.k], options: {delimiter: ',', index: 0}}]
`;
const nested = `- source: {kind: ConfigMap, fieldPath: data}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.%], options: {create: true}}]
`;
const inText = `- source: {kind: ConfigMap, fieldPath: data.k}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.j.%], options: {create: true}}]
- source: {kind: ConfigMap, fieldPath: data.j}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.k]}]
`;
const copies = times(28, (index) => `    - {op: copy, from: /data, path: /data/k${index}}\n`);
const types = (levels: number): string => {
  const type = (index: number, properties: object): [string, object] => [`t.T${index}`, { Schema: { properties } }];
  const next = (index: number): object => ({ $ref: `t.T${index + 1}` });
  const middle = Array.from({ length: levels }, (_, index) =>
    type(index + 1, { a: next(index + 1), b: next(index + 1) }),
  );
  return JSON.stringify(
    Object.fromEntries([type(0, { kind: {}, apiVersion: {}, metadata: {}, a: next(0) }), ...middle]),
  );
};

/** Seconds, gigabytes or the end of the process without a budget; limits are lowered where the real ones take long to reach. */
const attacks: [name: string, files: Files, message: string, file: string, limits?: Partial<BuildLimits>][] = [
  [
    "a field that is replaced into itself",
    one(`replacements:\n${times(28, () => delimited)}`),
    "its text has",
    "kustomization.yaml",
  ],
  [
    "a map that is replaced into itself",
    one(`replacements:\n${times(28, (index) => nested.replace("%", `k${index}`))}`),
    "writes more than",
    "kustomization.yaml",
  ],
  [
    "a text in a text",
    one(`replacements:\n${times(28, (index) => inText.replaceAll("%", `k${index}`))}`, "{k: abc, j: '{}'}"),
    "its text has",
    "kustomization.yaml",
  ],
  [
    "one value for many fields",
    many(
      `replacements:\n- sourceValue: ${mebibyte}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.k]}]\n`,
      100,
    ),
    "writes more than",
    "kustomization.yaml",
  ],
  [
    "copies of a JSON patch",
    one(`patches:\n- target: {kind: ConfigMap}\n  patch: |\n${copies}`),
    "writes more than",
    "kustomization.yaml",
  ],
  [
    "copies of patchesJson6902",
    one(`patchesJson6902:\n- target: {version: v1, kind: ConfigMap, name: a}\n  patch: |\n${copies}`),
    "writes more than",
    "kustomization.yaml",
  ],
  [
    "a large value for many objects by a JSON patch",
    many(
      `patches:\n- target: {kind: ConfigMap}\n  patch: '[{"op": "add", "path": "/data/x", "value": "${mebibyte}"}]'\n`,
      100,
    ),
    "writes more than",
    "kustomization.yaml",
  ],
  [
    "a large patch for many objects",
    many(
      `patches:\n- target: {kind: ConfigMap}\n  patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {x: ${mebibyte}}}'\n`,
      100,
    ),
    "writes more than",
    "kustomization.yaml",
  ],
  [
    "a large annotation for many objects",
    many(`commonAnnotations: {x: ${mebibyte}}\n`, 100),
    "writes more than",
    "kustomization.yaml",
  ],
  ["a large prefix for many objects", many(`namePrefix: ${mebibyte}\n`, 100), "writes more than", "kustomization.yaml"],
  [
    "a var many times in one text",
    {
      ...one(
        "vars: [{name: A, objref: {kind: ConfigMap, name: a, apiVersion: v1}, fieldref: {fieldpath: data.k}}]\nconfigurations: [c.yaml]\n",
        `{k: ${"x".repeat(10_000)}, v: ${"$(A)".repeat(100_000)}}`,
      ),
      "c.yaml": "varReference: [{kind: ConfigMap, path: data}]\n",
    },
    "its text has",
    "",
  ],
  [
    "a file that is read into many ConfigMaps",
    {
      "kustomization.yaml": `configMapGenerator:\n${times(100, (index) => `- {name: c${index}, files: [big.txt]}\n`)}`,
      "big.txt": mebibyte,
    },
    "writes more than",
    "kustomization.yaml",
  ],
  [
    "aliases of a large text",
    one("", `{a: &a ${mebibyte}, b: [${times(100, () => "*a,")}]}`),
    "writes more than",
    "a.yaml",
  ],
  [
    "aliases in many documents",
    {
      "kustomization.yaml": "resources: [a.yaml]\n",
      "a.yaml": times(20, (index) =>
        configMap(`a${index}`, `{a: &a [${times(1_000, () => "x,")}], b: [${times(200, () => "*a,")}]}`),
      ),
    },
    "writes more than",
    "a.yaml",
  ],
  [
    "components that name the next one twice",
    {
      ...doubled(
        25,
        (next) => `${component}components: [${next}, ${next}]\n`,
        `${component}labels: [{pairs: {a: b}}]\n`,
      ),
      ...one("components: [c25]\n"),
    },
    "kustomizations already",
    "c2",
    { maxKustomizations: 500 },
  ],
  [
    "bases without objects that name the next one twice",
    {
      ...doubled(25, (next) => `resources: [${next}, ${next}]\n`, "namePrefix: a\n"),
      ...one(""),
      "kustomization.yaml": "resources: [c25]\n",
    },
    "kustomizations already",
    "c2",
    { maxKustomizations: 500 },
  ],
  [
    "types that refer to the next one twice",
    { ...one("crds: [t.json]\n"), "t.json": types(25) },
    "steps",
    "t.json",
    { maxSteps: 10_000_000 },
  ],
  [
    "a file that is parsed again and again",
    {
      ...one(`patches:\n${times(100, () => "- {path: p.yaml}\n")}`),
      "p.yaml": `${configMap("a")}#${"x".repeat(100_000)}\n`,
    },
    "steps",
    "p.yaml",
    { maxSteps: 100_000_000 },
  ],
  [
    "many replacements for many objects",
    many(
      `replacements:\n${times(1_000, () => "- {sourceValue: b, targets: [{select: {name: none}, fieldPaths: [data.k]}]}\n")}`,
      1_000,
    ),
    "steps",
    "kustomization.yaml",
    { maxSteps: 50_000_000 },
  ],
  [
    "lists that merge",
    {
      "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
      ...Object.fromEntries(
        ["a", "p"].map((name) => [
          `${name}.yaml`,
          `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [${times(5_000, (index) => `{name: c${index}},`)}]}\n`,
        ]),
      ),
    },
    "steps",
    "kustomization.yaml",
    { maxSteps: 50_000_000 },
  ],
  [
    "many annotations for many objects",
    many(`commonAnnotations: {${times(2_000, (index) => `k${index}: v,`)}}\n`, 1_000),
    "steps",
    "kustomization.yaml",
    { maxSteps: 50_000_000 },
  ],
  [
    "who touched an object, again and again",
    one(`buildMetadata: [transformerAnnotations]\nimages:\n${times(1_000, () => "- {name: a, newTag: b}\n")}`),
    "steps",
    "kustomization.yaml",
    { maxSteps: 100_000_000 },
  ],
];

test.each(attacks)("%s: refused with its bound, where, and what to do", (_name, files, message, file, limits = {}) => {
  const refused = refusalOf(files, limits);
  expect(refused.message).toContain(message);
  expect(refused.position?.file).toBe(file);
  expect(refused.hint).toMatch(/^(?:look for|no object of this size|build fewer objects)/);
});

function refusalOf(files: Files, limits: Partial<BuildLimits>): KustomizeError {
  try {
    buildKustomization(memoryTree(files), "", { order: "none", limits: { maxWritten: 8 * 1024 * 1024, ...limits } });
  } catch (error) {
    if (error instanceof KustomizeError) return error;
    throw error;
  }
  throw new Error("the build was not refused");
}
