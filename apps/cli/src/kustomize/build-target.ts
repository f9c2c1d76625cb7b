import { realpath, stat } from "node:fs/promises";
import { join, parse, relative, resolve, sep } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { diskTree } from "@eddy/files";
import {
  buildKustomization,
  KustomizeError,
  parseRepositoryUrl,
  type BuildOptions,
  type BuildResult,
} from "@eddy/kustomize";

/** Builds one target, with what is remote to it in `options.remote`. */
export type BuildTarget = (options: BuildOptions) => BuildResult;

/**
 * What a word of the command line names: a directory, or a URL of a repository as kustomize reads them. A repository is loaded
 * through `options.remote` and always restricted to its root.
 * @throws EddyError NO_DIRECTORY (terminal) in upstream's words
 */
export async function resolveBuildTarget(word: string): Promise<BuildTarget> {
  if (parseRepositoryUrl(word) !== undefined) return (options) => buildRemote(word, options);
  const path = resolve(word);
  const found = await stat(path).catch(() => undefined);
  if (word === "" || !found?.isDirectory()) throw noDirectory(word, path, found !== undefined);
  // Links on the way to the directory are none of the build's business.
  const directory = await realpath(path);
  return (options) => buildDirectory(directory, options);
}

function noDirectory(word: string, path: string, isThere: boolean): EddyError {
  const missing = `not a valid directory: evalsymlink failure on '${word}' : lstat ${path}: no such file or directory`;
  const what = word === "" ? "directory path cannot be empty" : isThere ? `'${word}': file is not directory` : missing;
  return new EddyError("NO_DIRECTORY", `must build at directory: ${what}`, { class: "terminal" });
}

function buildRemote(url: string, options: BuildOptions): BuildResult {
  if (options.remote === undefined)
    throw new EddyError("NO_DIRECTORY", `build '${url}': remote targets are not allowed here`, { class: "terminal" });
  const { tree, path } = options.remote.repository(url);
  return buildKustomization(tree, path.replace(/^\/+/, ""), { ...options, loadRestrictor: "root" });
}

/** The tree starts at the top, so that bases beside the directory can be reached: the restrictor says what is read. */
function buildDirectory(directory: string, options: BuildOptions): BuildResult {
  const { root } = parse(directory);
  const path = relative(root, directory).split(sep).join("/");
  try {
    return buildKustomization(diskTree(root), path, options);
  } catch (error) {
    if (!(error instanceof EddyError)) throw error;
    const { file, ...place } = error.position ?? {};
    const isElsewhere = (error instanceof KustomizeError && error.remote) || /^https?:\/\//i.test(file ?? "");
    const position = file === undefined ? {} : { position: { ...place, file: isElsewhere ? file : join(root, file) } };
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const message = withAbsolutePaths(error.message, root, path);
    throw new EddyError(error.code, message, { class: error.class, cause: error, ...position, ...hint });
  }
}

/** Quoted paths of the tree that start as the directory does, as the person knows them. */
function withAbsolutePaths(message: string, root: string, path: string): string {
  const start = path.split("/").slice(0, 2).join("/");
  return start.includes("/") ? message.replaceAll(`'${start}`, () => `'${root}${start}`) : message;
}
