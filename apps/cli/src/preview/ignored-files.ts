import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { joinPath, type FileTree } from "@eddy/core/tree";
import { dump, load } from "@eddy/goyaml";
import { sourceMatcher, type IgnoreMatcher } from "@eddy/sourceignore";

const kustomizationNames = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"]);

/**
 * The tree as a build of `directory` sees it when files are ignored: neither found there nor named by its kustomization.
 * `.sourceignore` files below the directory count, as do `patterns`, in gitignore syntax. Source: fluxcd/pkg kustomize
 * `NewGeneratorWithIgnore`.
 */
export function withoutIgnoredFiles(tree: FileTree, directory: string, patterns: readonly string[]): FileTree {
  const matcher = sourceMatcher(belowOf(tree, directory), patterns.join("\n"));
  const relativeOf = (path: string): string | undefined => {
    if (directory === "") return path;
    return path === directory || path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined;
  };
  const isListed = (path: string): boolean => {
    const relative = relativeOf(path);
    if (relative === undefined) return true;
    // A folder without a kustomization is only walked through: its files are judged by themselves.
    if (tree.kindOf(path) !== "directory") return !matcher.ignores(relative, false);
    return !tree.list(path)?.some((name) => kustomizationNames.has(name)) || !matcher.ignores(relative, true);
  };
  return {
    ...tree,
    list: (path) => tree.list(path)?.filter((name) => isListed(path === "" ? name : `${path}/${name}`)),
    read(path) {
      const bytes = tree.read(path);
      const name = relativeOf(path);
      if (bytes === undefined || name === undefined || !kustomizationNames.has(name)) return bytes;
      return withoutIgnoredEntries(bytes, (entry) => {
        const target = joinPath(directory, entry);
        return target !== undefined && isIgnored(tree, matcher, target, relativeOf(target));
      });
    },
  };
}

function isIgnored(tree: FileTree, matcher: IgnoreMatcher, path: string, relative: string | undefined): boolean {
  return relative !== undefined && matcher.ignores(relative, tree.kindOf(path) === "directory");
}

/** The kustomization without resources, components and definitions that are ignored; the same bytes where none is. */
function withoutIgnoredEntries(bytes: Uint8Array, isEntryIgnored: (entry: string) => boolean): Uint8Array {
  const value = loadMapping(bytes);
  if (!value) return bytes;
  const kept: JsonObject = { ...value };
  let isChanged = false;
  for (const field of ["resources", "components", "crds"]) {
    const entries = value[field];
    if (!Array.isArray(entries)) continue;
    const left = entries.filter((entry: Json) => typeof entry !== "string" || isUrl(entry) || !isEntryIgnored(entry));
    isChanged ||= left.length < entries.length;
    kept[field] = left;
  }
  return isChanged ? Buffer.from(dump(kept)) : bytes;
}

// What cannot be read is for the build to say.
function loadMapping(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = load(Buffer.from(bytes).toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isUrl(entry: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(entry);
}

function belowOf(tree: FileTree, directory: string): FileTree {
  const at = (path: string): string => [directory, path].filter((part) => part !== "").join("/");
  return {
    kindOf: (path) => tree.kindOf(at(path)),
    read: (path) => tree.read(at(path)),
    list: (path) => tree.list(at(path)),
  };
}
