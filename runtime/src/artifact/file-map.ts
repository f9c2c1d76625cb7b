import { EddyError } from "@eddy/core/errors";
import { compareText } from "@eddy/core/json";
import type { FileTree } from "@eddy/core/tree";

/** Files in memory, filled one by one. */
export interface FileMap {
  addDirectory(path: string): void;
  /** The same path again replaces the file. @throws EddyError ARTIFACT_ARCHIVE where a folder stands. */
  addFile(path: string, content: Uint8Array, executable: boolean): void;
  tree(): FileTree;
}

interface StoredFile {
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** An empty map. */
export function createFileMap(): FileMap {
  const files = new Map<string, StoredFile>();
  const folders = new Map<string, Set<string>>([["", new Set()]]);
  const addDirectory = (path: string): void => {
    if (folders.has(path)) return;
    if (files.has(path))
      throw new EddyError("ARTIFACT_ARCHIVE", `unpack artifact: ${JSON.stringify(path)} is a file and a folder`);
    folders.set(path, new Set());
    addName(path);
  };
  const addName = (path: string): void => {
    const slash = path.lastIndexOf("/");
    const parent = slash < 0 ? "" : path.slice(0, slash);
    addDirectory(parent);
    folders.get(parent)?.add(path.slice(slash + 1));
  };
  return {
    addDirectory,
    addFile(path, content, executable) {
      if (folders.has(path))
        throw new EddyError("ARTIFACT_ARCHIVE", `unpack artifact: ${JSON.stringify(path)} is a file and a folder`);
      files.set(path, { content, executable });
      addName(path);
    },
    tree() {
      const sorted = new Map<string, readonly string[]>();
      return {
        kindOf: (path) => (files.has(path) ? "file" : folders.has(path) ? "directory" : undefined),
        read: (path) => files.get(path)?.content,
        list(path) {
          const names = folders.get(path);
          if (!names) return undefined;
          const known = sorted.get(path) ?? [...names].sort(compareText);
          sorted.set(path, known);
          return known;
        },
        isExecutable: (path) => files.get(path)?.executable ?? false,
      };
    },
  };
}
