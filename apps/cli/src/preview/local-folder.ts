import { realpath, stat } from "node:fs/promises";
import { parse, relative, resolve, sep } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import { diskTree } from "@eddy/files";

/** A folder on disk, as a path in a tree that reaches what the folder may refer to. */
export interface LocalFolder {
  tree: FileTree;
  path: string;
  /** Runs a build of the folder; errors name files as a person does. */
  run<T>(build: () => T): T;
}

/**
 * Opens a folder. The tree is the whole disk, so that bases beside the folder can be reached; `withinWorkingDirectory` makes it
 * the working directory and no more.
 * @throws EddyError USAGE (terminal), in upstream's words
 */
export async function openLocalFolder(
  word: string | undefined,
  options: { withinWorkingDirectory: boolean },
): Promise<LocalFolder> {
  const found = word === undefined || word === "" ? undefined : await stat(resolve(word)).catch(() => undefined);
  if (word === undefined || !found?.isDirectory())
    throw new EddyError("USAGE", `invalid resource path ${JSON.stringify(word ?? "")}`, { class: "terminal" });
  const directory = await realpath(resolve(word));
  const root = options.withinWorkingDirectory ? await realpath(process.cwd()) : parse(directory).root;
  const path = relative(root, directory).split(sep).join("/");
  if (path.startsWith(".."))
    throw new EddyError("USAGE", `build '${word}' in memory: it is outside of the working directory '${root}'`, {
      class: "terminal",
    });
  const prefix = options.withinWorkingDirectory ? "" : root;
  return { tree: diskTree(root), path, run: (build) => naming(build, path, prefix) };
}

function naming<T>(build: () => T, path: string, prefix: string): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof EddyError)) throw error;
    const message = withPrefix(messageOf(error), path, prefix);
    const file = error.position?.file;
    throw new EddyError(error.code, message, {
      class: error.class,
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.position && file !== undefined
        ? { position: { ...error.position, file: file.startsWith(prefix) ? file : `${prefix}${file}` } }
        : {}),
    });
  }
}

/** Paths of the tree that start as the folder does, as paths of the disk. */
function withPrefix(message: string, path: string, prefix: string): string {
  const start = path.split("/").slice(0, 2).join("/");
  if (prefix === "" || !start.includes("/")) return message;
  return message.replaceAll(start, (match, at: number) =>
    /[\w/.-]/.test(message[at - 1] ?? " ") ? match : `${prefix}${match}`,
  );
}
