/** One process at a time in a data folder. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "@eddy/core/errors";

/** Gives the folder back. */
export type Unlock = () => void;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Takes the folder; a lock whose process is gone is taken over.
 * @throws EddyError DATA_LOCKED (waiting) while another process, or this one, has it.
 */
export function lockFolder(dir: string): Unlock {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, "lock");
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = Number(readFileSync(path, "utf8"));
    if (Number.isInteger(owner) && owner > 0 && isAlive(owner)) {
      throw new EddyError("DATA_LOCKED", `open data folder ${JSON.stringify(dir)}: process ${owner} has it open`, {
        class: "waiting",
        hint: "stop that process, or choose another folder",
      });
    }
    rmSync(path, { force: true });
  }
  throw new EddyError("DATA_LOCKED", `open data folder ${JSON.stringify(dir)}: another process took it just now`, {
    class: "waiting",
  });
}
