import { compareText } from "@eddy/core/json";
import type { FileTree } from "@eddy/core/tree";

/** A file of an artifact that is being put together: of a source, or made here. */
export type StagedFile =
  | { readonly tree: FileTree; readonly path: string }
  | { readonly content: Uint8Array; readonly executable: boolean };

/** The files of an artifact while copy operations put it together. Nothing is read before it is needed. */
export interface Staging {
  kindOf(path: string): "file" | "directory" | undefined;
  read(path: string): Uint8Array | undefined;
  /** With its parents. @throws Error where a file stands */
  addFolder(path: string): void;
  /** With its folder; replaces a file. @throws Error where a folder stands, and beyond the limit */
  addFile(path: string, file: StagedFile): void;
  tree(): FileTree;
}

const maxFiles = 200_000;

/** An empty artifact. */
export function createStaging(): Staging {
  const files = new Map<string, StagedFile>();
  const folders = new Map<string, Set<string>>([["", new Set()]]);
  const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
  const addName = (path: string): void => {
    const parent = parentOf(path);
    addFolder(parent);
    folders.get(parent)?.add(path.slice(parent === "" ? 0 : parent.length + 1));
  };
  const addFolder = (path: string): void => {
    if (folders.has(path)) return;
    if (files.has(path)) throw new Error(`mkdir ${path}: not a directory`);
    folders.set(path, new Set());
    addName(path);
  };
  const kindOf: Staging["kindOf"] = (path) => (files.has(path) ? "file" : folders.has(path) ? "directory" : undefined);
  const read: Staging["read"] = (path) => {
    const file = files.get(path);
    if (!file) return undefined;
    return "content" in file ? file.content : file.tree.read(file.path);
  };
  return {
    kindOf,
    read,
    addFolder,
    addFile(path, file) {
      if (folders.has(path)) throw new Error(`open ${path}: is a directory`);
      if (!files.has(path) && files.size >= maxFiles) throw new Error(`more than ${maxFiles} files`);
      files.set(path, file);
      addName(path);
    },
    tree() {
      const sorted = new Map<string, readonly string[]>();
      return {
        kindOf,
        read,
        list(path) {
          const names = folders.get(path);
          if (!names) return undefined;
          const known = sorted.get(path) ?? [...names].sort(compareText);
          sorted.set(path, known);
          return known;
        },
        identityOf(path) {
          const file = files.get(path);
          return file && "tree" in file ? file.tree.identityOf?.(file.path) : undefined;
        },
        isExecutable(path) {
          const file = files.get(path);
          if (!file) return false;
          return "content" in file ? file.executable : (file.tree.isExecutable?.(file.path) ?? false);
        },
      };
    },
  };
}
