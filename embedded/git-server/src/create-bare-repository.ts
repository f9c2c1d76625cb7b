import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Clients may fetch any commit by its id, filter, and force-push; no maintenance runs behind our back. */
const config = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\tdenyNonFastForwards = false
\tdenyDeleteCurrent = ignore
[gc]
\tauto = 0
`;

/**
 * Makes a bare repository without commits, its HEAD on `branch`; one that is there already stays as it is. Written here
 * because Git would need a process for itself and one for each setting. Source: Git's gitrepository-layout.
 */
export function createBareRepository(path: string, branch: string): void {
  if (existsSync(join(path, "HEAD"))) return;
  for (const folder of ["hooks", "objects/info", "objects/pack", "refs/heads", "refs/tags"])
    mkdirSync(join(path, folder), { recursive: true });
  writeFileSync(join(path, "config"), config);
  // Last: without it Git takes the folder for no repository.
  writeFileSync(join(path, "HEAD"), `ref: refs/heads/${branch}\n`);
}
