import { expect, test } from "vitest";
import { formatTree, treeData, type ObjectTree } from "./tree.ts";

const node = (kind: string, namespace: string, name: string, ...resources: ObjectTree[]): ObjectTree => ({
  resource: { group: "g", kind, namespace, name },
  resources,
});

const tree = node(
  "Kustomization",
  "flux-system",
  "flux-system",
  node("Namespace", "", "apps"),
  node(
    "Kustomization",
    "flux-system",
    "infrastructure",
    node("Namespace", "", "cert-manager"),
    node("HelmRepository", "cert-manager", "cert-manager"),
  ),
  node("GitRepository", "flux-system", "flux-system"),
);

test("branches, and an empty line at the end", () => {
  expect(formatTree(tree)).toBe(`Kustomization/flux-system/flux-system
├── Namespace/apps
├── Kustomization/flux-system/infrastructure
│   ├── Namespace/cert-manager
│   └── HelmRepository/cert-manager/cert-manager
└── GitRepository/flux-system/flux-system

`);
});

test("an object that applied nothing", () => {
  expect(formatTree(node("Kustomization", "a", "empty"))).toBe("Kustomization/a/empty\n\n");
});

test("as data, with Flux's keys", () => {
  expect(treeData(node("A", "n", "a", node("B", "", "b")))).toEqual({
    resource: { Namespace: "n", Name: "a", GroupKind: { Group: "g", Kind: "A" } },
    resources: [{ resource: { Namespace: "", Name: "b", GroupKind: { Group: "g", Kind: "B" } } }],
  });
});
