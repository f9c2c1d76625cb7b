import { expect, test } from "vitest";
import type { KustomizationSpec } from "@eddy/api";
import { memoryTree } from "@eddy/core/tree";
import { buildManifests } from "./build.ts";

const spec = { interval: "1m", path: "./", prune: true, sourceRef: { kind: "GitRepository", name: "app" } };

// See docs/decisions/0008-remote-bases.md.
test.each([
  [`resources: ["https://host.example/org/repo//base?ref=v1"]`, "remote bases are not allowed here"],
  ["resources: [git@host.example:org/repo.git//base]", "remote bases are not allowed here"],
  ["resources: [file:///srv/repo.git//base]", "remote bases are not allowed here"],
  ["components: [github.com/org/repo//part]", "remote bases are not allowed here"],
  ["resources: [https://host.example/a.yaml]", "remote files are not allowed here"],
  ["patches: [{path: https://host.example/patch.yaml}]", "remote files are not allowed here"],
  ["configMapGenerator: [{name: a, files: [https://host.example/f]}]", "remote files are not allowed here"],
])("%s is refused", (line, want) => {
  const tree = memoryTree({ "kustomization.yaml": `${line}\n` });
  expect(() => buildManifests(tree, "", spec as KustomizationSpec)).toThrow(want);
});
