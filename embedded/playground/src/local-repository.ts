import { existsSync, lstatSync, realpathSync, rmSync, statSync, symlinkSync, watch } from "node:fs";
import { join, resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";

/** A repository of the user's own on this machine, served by the embedded Git server. */
export interface LocalRepository {
  /** Name below the Git server's folder, without `.git`. */
  name: string;
  stop(): void;
}

const name = "local";

/**
 * Serves the commits of a local repository (a work tree or a bare repository; what is not committed is not served) and calls
 * `onChange` after its refs may have moved.
 * @throws EddyError NOT_A_REPOSITORY (terminal) when the folder is none.
 */
export function serveLocalRepository(gitDir: string, folder: string, onChange: () => void): LocalRepository {
  const repository = repositoryOf(folder);
  const link = join(gitDir, `${name}.git`);
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(repository, link, "dir");
  const watchers = [repository, join(repository, "refs")]
    .filter((dir) => existsSync(dir))
    .map((dir, index) =>
      watch(dir, { recursive: index === 1, persistent: false }, (_, file) => isRef(file) && onChange()),
    );
  return { name, stop: () => watchers.forEach((watcher) => watcher.close()) };
}

/** Git moves refs by renaming `*.lock`; `HEAD` and `packed-refs` stand beside `refs/`. */
function isRef(file: string | null): boolean {
  return file === null || !file.endsWith(".lock");
}

function repositoryOf(folder: string): string {
  const path = resolve(folder);
  const candidates = [join(path, ".git"), path];
  const found = candidates.find(
    (dir) => statSync(dir, { throwIfNoEntry: false })?.isDirectory() && existsSync(join(dir, "objects")),
  );
  if (found !== undefined) return realpathSync(found);
  throw new EddyError(
    "NOT_A_REPOSITORY",
    `"${folder}" is not a Git repository: it has no .git folder and is not a bare one`,
    {
      class: "terminal",
      hint: "give a folder with commits (git init, git add, git commit), or a URL",
    },
  );
}
