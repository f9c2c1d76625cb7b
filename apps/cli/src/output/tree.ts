import { formatObjectName, type ObjectRef } from "@eddy/core/object";
import { neutralise } from "./terminal-text.ts";

/** An object and what it applied. */
export interface ObjectTree {
  resource: ObjectRef;
  resources: ObjectTree[];
}

/** The tree as lines with branches, and an empty line. Source: fluxcd/flux2 internal/tree. */
export function formatTree(tree: ObjectTree): string {
  const lines = [formatObjectName(tree.resource), ...branches(tree.resources, "")];
  return `${lines.map((line) => neutralise(line, { oneLine: true })).join("\n")}\n\n`;
}

function branches(trees: readonly ObjectTree[], indent: string): string[] {
  return trees.flatMap((tree, index) => {
    const isLast = index === trees.length - 1;
    return [
      `${indent}${isLast ? "└── " : "├── "}${formatObjectName(tree.resource)}`,
      ...branches(tree.resources, `${indent}${isLast ? "    " : "│   "}`),
    ];
  });
}

/** The tree as data, with the keys that Flux prints. */
export function treeData(tree: ObjectTree): object {
  const { group, kind, namespace, name } = tree.resource;
  return {
    resource: { Namespace: namespace, Name: name, GroupKind: { Group: group, Kind: kind } },
    ...(tree.resources.length === 0 ? {} : { resources: tree.resources.map(treeData) }),
  };
}
