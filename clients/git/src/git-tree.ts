import { joinPath, type EntryKind, type FileTree } from "@eddy/core/tree";
import { GitError } from "./errors.ts";
import type { TreeEntry } from "./object.ts";
import type { ObjectStore, ParsedTree } from "./object-store.ts";

/** A tree of another repository that stands in a submodule's place. */
export type Mounts = ReadonlyMap<string, FileTree>;

/** Where a tree's objects are, for those who build on it. */
export interface TreeObjects {
  readonly store: ObjectStore;
  /** Id of the tree object. */
  readonly root: string;
}

const behind = new WeakMap<FileTree, TreeObjects>();

/** The objects of a tree that {@link createGitTree} made. */
export function objectsBehind(tree: FileTree): TreeObjects | undefined {
  return behind.get(tree);
}

/**
 * The files of a tree object. Submodules are empty folders unless `mounts` has them; symbolic links are listed, and not
 * followed.
 */
export function createGitTree(store: ObjectStore, root: string, mounts: Mounts = new Map()): FileTree {
  const folders = new Map<string, ParsedTree>();
  const folderAt = (path: string): ParsedTree | undefined => {
    const known = folders.get(path);
    if (known) return known;
    const entry = find(path);
    const folder = entry?.kind === "directory" ? store.tree(entry.oid) : undefined;
    if (folder) folders.set(path, folder);
    return folder;
  };
  const find = (path: string): TreeEntry | undefined => {
    if (path === "") return { name: "", oid: root, kind: "directory" };
    const slash = path.lastIndexOf("/");
    return folderAt(slash < 0 ? "" : path.slice(0, slash))?.byName.get(path.slice(slash + 1));
  };
  const mounted = (path: string): { tree: FileTree; rest: string } | undefined => {
    for (const [at, tree] of mounts) {
      if (path === at) return { tree, rest: "" };
      if (path.startsWith(`${at}/`)) return { tree, rest: path.slice(at.length + 1) };
    }
    return undefined;
  };
  const visit = <R>(
    path: string,
    inMount: (tree: FileTree, rest: string) => R,
    here: (entry: TreeEntry | undefined) => R,
  ): R => {
    const mount = mounts.size > 0 ? mounted(path) : undefined;
    return mount ? inMount(mount.tree, mount.rest) : here(find(path));
  };
  const tree: FileTree = {
    kindOf: (path) => visit(path, (tree, rest) => tree.kindOf(rest), kindOfEntry),
    read: (path) =>
      visit(
        path,
        (tree, rest) => tree.read(rest),
        (entry) => (isFile(entry) ? store.require(entry.oid, "blob") : undefined),
      ),
    list: (path) =>
      visit(
        path,
        (tree, rest) => tree.list(rest),
        (entry) => (entry?.kind === "submodule" ? [] : folderAt(path)?.names),
      ),
    identityOf: (path) =>
      visit(
        path,
        (tree, rest) => tree.identityOf?.(rest),
        (entry) => (isFile(entry) ? entry.oid : undefined),
      ),
    readLink: (path) =>
      visit(
        path,
        (tree, rest) => tree.readLink?.(rest),
        (entry) => (entry?.kind === "symlink" ? linkText(store.require(entry.oid, "blob")) : undefined),
      ),
    isExecutable: (path) =>
      visit(
        path,
        (tree, rest) => tree.isExecutable?.(rest) ?? false,
        (entry) => entry?.kind === "executable",
      ),
  };
  behind.set(tree, { store, root });
  return tree;
}

/** The longest text of a link that a file system has. */
const maxLinkBytes = 4096;

function linkText(data: Uint8Array): string | undefined {
  return data.length > maxLinkBytes ? undefined : new TextDecoder().decode(data);
}

function isFile(entry: TreeEntry | undefined): entry is TreeEntry {
  return entry?.kind === "file" || entry?.kind === "executable";
}

function kindOfEntry(entry: TreeEntry | undefined): EntryKind | undefined {
  if (!entry) return undefined;
  if (entry.kind === "symlink") return "symlink";
  return isFile(entry) ? "file" : "directory";
}

const maxDepth = 512;

/** A submodule's place in a tree. */
export interface SubmoduleEntry {
  readonly path: string;
  readonly commit: string;
}

/**
 * Proves that a tree is whole and safe: every object is there, every name may be used, nothing stands twice. Trees in
 * `proven` are not looked at again, and new ones are added to it. Answers where submodules are, among the trees looked at.
 */
export function proveTree(
  store: ObjectStore,
  root: string,
  proven: Map<string, readonly SubmoduleEntry[]>,
): readonly SubmoduleEntry[] {
  const prove = (oid: string, depth: number): readonly SubmoduleEntry[] => {
    const known = proven.get(oid);
    if (known) return known;
    if (depth > maxDepth) throw new GitError("limit", `read tree: more than ${maxDepth} folders deep`);
    const submodules: SubmoduleEntry[] = [];
    const seen = new Set<string>();
    for (const entry of store.tree(oid).entries) {
      if (seen.has(entry.name))
        throw new GitError("unsafe", `read tree ${oid}: the name ${JSON.stringify(entry.name)} stands there twice`);
      seen.add(entry.name);
      if (entry.kind === "submodule") submodules.push({ path: entry.name, commit: entry.oid });
      else if (entry.kind === "directory") {
        for (const inner of prove(entry.oid, depth + 1))
          submodules.push({ ...inner, path: joinPath(entry.name, inner.path) ?? "" });
      } else if (!store.has(entry.oid))
        throw new GitError(
          "protocol",
          `read tree ${oid}: the file ${JSON.stringify(entry.name)} (${entry.oid}) was not sent`,
        );
    }
    proven.set(oid, submodules);
    return submodules;
  };
  return prove(root, 0);
}
