/**
 * A read-only tree of files: on disk, in a Git commit, in an artifact, in a test.
 *
 * Synchronous on purpose: trees are in memory or on a local disk, and engines are pure functions of them.
 * Entry points: {@link FileTree}, {@link memoryTree}.
 */

/** What stands at a path. */
export type EntryKind = "file" | "directory" | "symlink";

/** A read-only file tree. Paths are relative to the root, `/`-separated, without `.` or `..` steps; the root is "". */
export interface FileTree {
  /** The kind at this path without following a link there, or undefined where nothing is. */
  kindOf(path: string): EntryKind | undefined;
  /** The bytes of a file, or undefined where no file is. Never follows a link that leaves the root. */
  read(path: string): Uint8Array | undefined;
  /** Names in a directory, sorted by code point, or undefined where no directory is. */
  list(path: string): readonly string[] | undefined;
  /** A stable identity of a file's content (a Git blob id, a hash), if the tree knows one without reading. */
  identityOf?(path: string): string | undefined;
  /** Whether a file is executable; absent: the tree does not say, and nothing is. */
  isExecutable?(path: string): boolean;
  /** The text of a symbolic link, relative to its directory; absent: the tree does not say where links lead. */
  readLink?(path: string): string | undefined;
  /** The size of a file in bytes without reading it; absent: the tree does not know. */
  sizeOf?(path: string): number | undefined;
}

/** A tree from a map of paths to text or bytes. */
export function memoryTree(files: Readonly<Record<string, string | Uint8Array>>): FileTree {
  const contents = new Map<string, Uint8Array>();
  const directories = new Map<string, Set<string>>([["", new Set()]]);
  for (const [path, content] of Object.entries(files)) {
    contents.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    addParents(directories, path);
  }
  return {
    kindOf: (path) => (contents.has(path) ? "file" : directories.has(path) ? "directory" : undefined),
    read: (path) => contents.get(path),
    list: (path) => {
      const names = directories.get(path);
      return names === undefined ? undefined : [...names].sort();
    },
  };
}

function addParents(directories: Map<string, Set<string>>, path: string): void {
  const slash = path.lastIndexOf("/");
  const parent = slash < 0 ? "" : path.slice(0, slash);
  const names = directories.get(parent);
  if (names) {
    names.add(path.slice(slash + 1));
    return;
  }
  directories.set(parent, new Set([path.slice(slash + 1)]));
  addParents(directories, parent);
}

/**
 * Joins and normalises tree paths: `joinPath("a/b", "../c")` is `a/c`. Undefined when the result leaves the root or a
 * step is absolute.
 */
export function joinPath(base: string, ...steps: string[]): string | undefined {
  const parts = base === "" || base === "." ? [] : base.split("/");
  for (const step of steps) {
    if (step.startsWith("/") || step.includes("\0")) return undefined;
    for (const part of step.split("/")) {
      if (part === "" || part === ".") continue;
      if (part !== "..") parts.push(part);
      else if (parts.pop() === undefined) return undefined;
    }
  }
  return parts.join("/");
}
