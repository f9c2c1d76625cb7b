import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that only this user can read, for keys and for programs that need a home. */
export interface PrivateFolder {
  readonly path: string;
  /** Writes a file with mode 0600 (0700 when executable) and resolves its path. */
  write(name: string, content: string, options?: { executable?: boolean }): string;
  /** Removes everything. Idempotent. */
  remove(): void;
}

/** Creates the folder below the system's folder for temporary files. */
export function createPrivateFolder(): PrivateFolder {
  const path = mkdtempSync(join(tmpdir(), "eddy-git-"));
  return {
    path,
    write(name, content, options = {}) {
      const file = join(path, name);
      writeFileSync(file, content, { mode: options.executable ? 0o700 : 0o600 });
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
