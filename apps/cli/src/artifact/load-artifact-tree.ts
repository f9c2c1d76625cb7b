import { lstatSync, readdirSync, readFileSync, realpathSync, statSync, type Stats } from "node:fs";
import { basename, join, resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { compareText } from "@eddy/core/json";
import { matcherOf, parsePatterns } from "@eddy/sourceignore";

/** One entry of an artifact; `bytes` absent for a folder. */
export interface ArtifactEntry {
  /** From the root, which is `.`. */
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly mode: number;
}

/** Options of {@link loadArtifactEntries}. */
export interface LoadArtifactOptions {
  /** Patterns in gitignore syntax. */
  readonly ignorePaths: readonly string[];
  /** Take what links lead to; without it they are left out. */
  readonly resolveSymlinks?: boolean;
}

/** What an artifact leaves out unless told otherwise. Source: fluxcd/pkg/sourceignore `ExcludeVCS`, `ExcludeExt`. */
export const defaultIgnorePaths: readonly string[] = [
  ".git/",
  ".gitignore",
  ".gitmodules",
  ".gitattributes",
  "*.jpg",
  "*.jpeg",
  "*.gif",
  "*.png",
  "*.wmv",
  "*.flv",
  "*.tar.gz",
  "*.zip",
];

const maxEntries = 200_000;
const maxBytes = 1024 ** 3;

/**
 * The entries of a folder, or of a single file as a folder with that file, in the order of Go's `filepath.WalkDir`. Source:
 * fluxcd/pkg/oci `Build`; unlike it, links that lead in a circle end.
 * @throws EddyError USAGE for what is not there or is too large.
 */
export function loadArtifactEntries(path: string, options: LoadArtifactOptions): ArtifactEntry[] {
  const root = resolve(path);
  const stats = statOf(root);
  if (!stats) throw refuse(`invalid path '${path}', must point to an existing directory or file`);
  const matcher = matcherOf(parsePatterns(options.ignorePaths.join("\n")));
  const entries: ArtifactEntry[] = [{ path: ".", mode: stats.isDirectory() ? stats.mode & 0o777 : 0o755 }];
  let total = 0;
  const add = (entry: ArtifactEntry): void => {
    total += entry.bytes?.length ?? 0;
    if (total > maxBytes || entries.length >= maxEntries)
      throw refuse(`load '${path}': more than ${maxEntries} files or ${maxBytes} bytes`);
    entries.push(entry);
  };
  const visit = (name: string, at: string, above: readonly string[]): void => {
    const found = options.resolveSymlinks ? statOf(at) : lstatSync(at);
    if (!found) return;
    if (found.isDirectory()) {
      if (!matcher.ignores(name, true)) add({ path: name, mode: found.mode & 0o777 });
      const real = realpathSync(at);
      if (above.includes(real)) return;
      for (const child of childrenOf(at)) visit(`${name}/${child}`, join(at, child), [...above, real]);
    } else if (found.isFile() && !matcher.ignores(name, false))
      add({ path: name, bytes: readFileSync(at), mode: found.mode & 0o777 });
  };
  if (stats.isDirectory()) for (const child of childrenOf(root)) visit(child, join(root, child), [realpathSync(root)]);
  else visit(basename(root), root, []);
  return entries;
}

function refuse(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function childrenOf(folder: string): string[] {
  return readdirSync(folder).sort(compareText);
}
