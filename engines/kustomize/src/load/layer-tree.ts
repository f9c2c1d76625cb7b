import type { FileTree } from "@eddy/core/tree";

/** A tree with some files laid over another; their folders must be there already. */
export function layerTree(base: FileTree, files: Readonly<Record<string, string>>): FileTree {
  const layered = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const namesIn = (directory: string): string[] => {
    const prefix = directory === "" ? "" : `${directory}/`;
    const inside = [...layered.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length));
    return inside.filter((name) => !name.includes("/"));
  };
  return {
    kindOf: (path) => (layered.has(path) ? "file" : base.kindOf(path)),
    read: (path) => layered.get(path) ?? base.read(path),
    list: (path) => {
      const names = base.list(path);
      return names === undefined ? undefined : [...new Set([...names, ...namesIn(path)])].sort();
    },
    identityOf: (path) => (layered.has(path) ? undefined : base.identityOf?.(path)),
    ...(base.isExecutable && { isExecutable: (path: string): boolean => base.isExecutable?.(path) ?? false }),
    ...(base.readLink && {
      readLink: (path: string): string | undefined => (layered.has(path) ? undefined : base.readLink?.(path)),
    }),
    ...(base.sizeOf && {
      sizeOf: (path: string): number | undefined => layered.get(path)?.length ?? base.sizeOf?.(path),
    }),
  };
}
