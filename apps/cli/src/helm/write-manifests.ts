import { existsSync, mkdirSync, appendFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { EddyError } from "@eddy/core/errors";

/** One document and the file that it goes to. */
export interface ManifestFile {
  readonly path: string;
  readonly content: string;
}

/**
 * Writes documents to files below a folder, several of one path one after the other, and tells each that was written.
 * @throws EddyError INVALID_PATH (terminal) for a path that leads out of the folder
 */
export function writeManifests(folder: string, files: readonly ManifestFile[], tell: (line: string) => void): void {
  const root = resolve(folder);
  const written = new Set<string>();
  for (const { path, content } of files) {
    const target = resolve(root, path);
    if (!target.startsWith(root + sep))
      throw new EddyError("INVALID_PATH", `write ${JSON.stringify(path)}: it leads out of ${folder}`, {
        class: "terminal",
      });
    mkdirSync(dirname(target), { recursive: true });
    const text = `---\n# Source: ${path}\n${content}\n`;
    if (written.has(target) && existsSync(target)) appendFileSync(target, text);
    else writeFileSync(target, text);
    written.add(target);
    tell(`wrote ${join(folder, path)}`);
  }
}
