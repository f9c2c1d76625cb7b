import { expect, test } from "vitest";
import type { KustomizationSpec } from "@eddy/api";
import { memoryTree } from "@eddy/core/tree";
import { buildShared } from "./build-shared.ts";

const spec: KustomizationSpec = {
  interval: "1m",
  path: "./app",
  prune: true,
  sourceRef: { kind: "GitRepository", name: "app" },
};
const treeOf = (text: string): ReturnType<typeof memoryTree> =>
  memoryTree({ "app/a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: ${text}}\n` });

test("what comes after the build is no reason to build again", () => {
  const tree = treeOf("v");
  const first = buildShared(tree, "app", spec);
  expect(buildShared(tree, "app", { ...spec, postBuild: { substitute: { NAME: "other" } } })).toBe(first);
});

test("another overlay, path or tree is another build", () => {
  const tree = treeOf("v");
  const first = buildShared(tree, "app", spec);
  const namesOf = ({ manifests }: typeof first): (string | undefined)[] =>
    manifests.map((manifest) => manifest.object().metadata.name);
  expect(namesOf(buildShared(tree, "app", { ...spec, namePrefix: "x-" }))).toEqual(["x-a"]);
  expect(buildShared(tree, "", spec)).not.toBe(first);
  expect(buildShared(treeOf("w"), "app", spec).text()).toContain("k: w");
  expect(first.text()).toContain("k: v");
});
