import type { FileTree } from "@eddy/core/tree";

const maxDepth = 100;

/** The files below some paths whose names are those of YAML, or of a kustomization, sorted; links are not followed. */
export function sourceFiles(tree: FileTree, paths: readonly string[] = [""]): string[] {
  const found = new Set<string>();
  const visit = (path: string, depth: number): void => {
    const kind = tree.kindOf(path);
    if (kind === "file" && isYamlName(path)) found.add(path);
    if (kind !== "directory" || depth > maxDepth) return;
    for (const name of tree.list(path) ?? [])
      if (name !== ".git") visit(path === "" ? name : `${path}/${name}`, depth + 1);
  };
  for (const path of paths) visit(path, 0);
  return [...found].sort();
}

/** Source: image-automation-controller v1.2.4 `ScreeningLocalReader`. */
function isYamlName(path: string): boolean {
  return /\.ya?ml$/.test(path) || /(?:^|\/)Kustomization$/.test(path);
}
