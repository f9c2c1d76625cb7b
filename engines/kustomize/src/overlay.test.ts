import { memoryTree } from "@eddy/core/tree";
import { describe, expect, test } from "vitest";
import { buildKustomization } from "./build.ts";
import { generateKustomization, overlayKustomization } from "./overlay.ts";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

describe("generateKustomization", () => {
  const plain = memoryTree({
    "apps/b.yaml": configMap("b"),
    "apps/a.yml": configMap("a"),
    "apps/notes.txt": "no manifest",
    "apps/deep/c.yaml": configMap("c"),
    "apps/own/kustomization.yaml": "resources: [d.yaml]\n",
    "apps/own/d.yaml": configMap("d"),
  });

  test("lists manifests, and folders with kustomizations of their own", () => {
    expect(text(generateKustomization(plain, "apps").read("apps/kustomization.yaml"))).toBe(
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- a.yml\n- b.yaml\n- deep/c.yaml\n- own\n",
    );
  });

  test("leaves a folder with a kustomization alone", () => {
    expect(generateKustomization(plain, "apps/own")).toBe(plain);
  });

  test("a folder without manifests builds to nothing", () => {
    const tree = generateKustomization(memoryTree({ "empty/readme.md": "" }), "empty");
    expect(buildKustomization(tree, "empty").resources).toEqual([]);
  });

  test("refuses files that hold no objects, and folders that are not there", () => {
    expect(() => generateKustomization(memoryTree({ "x/a.yaml": "just: data\n" }), "x")).toThrow(
      "failed to decode Kubernetes YAML from x/a.yaml",
    );
    expect(() => generateKustomization(plain, "nowhere")).toThrow("kustomization path not found");
  });
});

describe("overlayKustomization", () => {
  const tree = memoryTree({
    "app/kustomization.yaml": "resources: [all.yaml]\nimages: [{name: nginx, newTag: '1'}]\nnamespace: old\n",
    "app/all.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {a: own}}\nspec: {containers: [{name: c, image: nginx}]}\n",
    "part/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {part: here}\n",
  });

  const refused: [string, string][] = [
    ["no bytes", ""],
    ["a comment", "# nothing yet\n"],
    ["a kind", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"],
    ["a misspelt key", "resurces: [a.yaml]\n"],
  ];
  test.each([...refused, ["a list of nothing", "resources:\n"]])("a file of %s builds to nothing", (_what, file) => {
    const files = memoryTree({ "kustomization.yaml": file });
    expect(buildKustomization(files, "", { overlay: {} }).resources).toEqual([]);
  });

  test.each(refused)("a file of %s is refused by the command, and as a base", (_what, file) => {
    const refusal = /kustomization\.yaml is empty|unknown field "resurces"/;
    expect(() => buildKustomization(memoryTree({ "kustomization.yaml": file }), "")).toThrow(refusal);
    const nested = memoryTree({ "kustomization.yaml": "resources: [base]\n", "base/kustomization.yaml": file });
    expect(() => buildKustomization(nested, "", { overlay: {} })).toThrow(refusal);
  });

  test("a file without resources says where its objects come from, unless the overlay says otherwise", () => {
    const files = memoryTree({
      "kustomization.yaml": "configMapGenerator: [{ name: a, literals: [a=1] }]\nbuildMetadata: [managedByLabel]\n",
    });
    const metadataOf = (overlay: object): unknown => {
      const [resource] = buildKustomization(files, "", { overlay }).resources;
      const { annotations, labels } = resource?.object().metadata ?? {};
      return { annotations: Object.keys(annotations ?? {}), labels };
    };
    expect(metadataOf({})).toEqual({ annotations: ["config.kubernetes.io/origin"] });
    expect(metadataOf({ buildMetadata: ["transformerAnnotations"] })).toEqual({ annotations: [] });
  });

  test("fields replace, are added or merge", () => {
    const overlay = {
      targetNamespace: "new",
      namePrefix: "p-",
      nameSuffix: "-s",
      patches: [{ patch: "- {op: add, path: /metadata/labels/patched, value: yes-it-is}", target: { kind: "Pod" } }],
      components: ["../part", "../missing"],
      ignoreMissingComponents: true,
      images: [{ name: "nginx", newName: "mirror" }],
      commonMetadata: { labels: { a: "common" }, annotations: { b: "common" } },
    };
    expect(buildKustomization(tree, "app", { overlay }).resources.map((one) => one.object())).toEqual([
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: "p-p-s",
          namespace: "new",
          labels: { a: "common", patched: "yes-it-is" },
          annotations: { part: "here", b: "common" },
        },
        spec: { containers: [{ name: "c", image: "mirror:1" }] },
      },
    ]);
  });

  test("drops fields of the file that no kustomization has, at every depth, as Flux's controller does", () => {
    const files = memoryTree({
      "kustomization.yaml": "resources: [pod.yaml]\nbogus: 1\nimages: [{name: nginx, newTag: '2', colour: red}]\n",
      "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: nginx}]}\n",
    });
    expect(() => buildKustomization(files, "")).toThrow('unknown field "bogus"');
    const [pod] = buildKustomization(files, "", { overlay: {} }).resources;
    expect(pod?.object()["spec"]).toEqual({ containers: [{ name: "c", image: "nginx:2" }] });
  });

  test("writes nothing: the given tree stays as it is", () => {
    const before = text(tree.read("app/kustomization.yaml"));
    overlayKustomization(tree, "app", { targetNamespace: "new" });
    expect(text(tree.read("app/kustomization.yaml"))).toBe(before);
  });

  test("folders that were listed count among the files", () => {
    const plain = memoryTree({ "x/a.yaml": configMap("a"), "x/deep/b.yaml": configMap("b") });
    const { files } = buildKustomization(plain, "x", { overlay: {} });
    for (const path of ["x", "x/deep", "x/a.yaml", "x/deep/b.yaml"]) expect(files).toContain(path);
  });

  test("a missing component is refused unless told otherwise", () => {
    expect(() => buildKustomization(tree, "app", { overlay: { components: ["../missing"] } })).toThrow("missing");
  });
});
