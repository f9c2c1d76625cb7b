import { lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import { compareText } from "@eddy/core/json";
import { migrateText } from "./migrate-text.ts";
import type { TargetVersion } from "./target-versions.ts";

/** A file that is to be written anew. */
export interface FileMigration {
  path: string;
  before: Buffer;
  after: Buffer;
  /** `<file>:<line>: <what>`. */
  changes: readonly string[];
}

/** What is to be done with the files of a path. */
export interface MigrationPlan {
  files: readonly FileMigration[];
  warnings: readonly string[];
}

const maxFiles = 200_000;
const maxFileBytes = 32 * 1024 * 1024;

/**
 * Plans the migration of a file, or of all files below a folder with one of the extensions. Nothing is written. Links and other
 * irregular files are left out, with a warning, and so are encrypted ones, whose checksum would not be right any more.
 * @throws EddyError USAGE (terminal) in upstream's words
 */
export async function planMigration(
  path: string,
  extensions: readonly string[],
  target: TargetVersion,
): Promise<MigrationPlan> {
  const files: FileMigration[] = [];
  const warnings: string[] = [];
  for (const file of await listFiles(normalize(path).replace(/(?<=.)\/$/, ""), extensions, warnings)) {
    const before = await readFile(file);
    // Bytes that are no text stay what they are: every byte is a character then.
    const encoding = isUtf8(before) ? "utf8" : "latin1";
    const text = before.toString(encoding);
    const migrated = migrateText(text, target);
    warnings.push(...migrated.warnings.map((warning) => `${file}:${warning}`));
    if (migrated.changes.length === 0) continue;
    if (/^sops:\s*$/m.test(text)) {
      warnings.push(`skipping encrypted file ${file}: decrypt it first, \`eddy secret edit ${file}\``);
      continue;
    }
    const after = Buffer.from(migrated.text, encoding);
    files.push({ path: file, before, after, changes: migrated.changes.map((change) => `${file}:${change}`) });
  }
  return { files, warnings };
}

/** Writes one file; its permissions stay. @throws EddyError FILE_CHANGED when somebody else wrote it meanwhile */
export async function writeMigration({ path, before, after }: FileMigration): Promise<void> {
  if (!(await readFile(path)).equals(before))
    throw new EddyError("FILE_CHANGED", `write file ${path}: it was changed meanwhile; nothing was written to it`, {
      class: "terminal",
    });
  await writeFile(path, after);
}

async function listFiles(path: string, extensions: readonly string[], warnings: string[]): Promise<string[]> {
  const found = await lstat(path).catch((error: unknown) => {
    throw usage(`failed to stat path ${path}: ${messageOf(error)}`);
  });
  const matches = (name: string): boolean => extensions.some((extension) => name.endsWith(extension));
  if (!found.isDirectory()) {
    if (!matches(path)) throw usage(`file ${path} does not match the specified extensions: ${extensions.join(", ")}`);
    if (!found.isFile()) throw usage(`file ${path} is irregular`);
    return [path];
  }
  const files: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((left, right) => compareText(left.name, right.name))) {
      const child = folder === "." ? entry.name : join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== ".git") await visit(child);
      } else if (matches(entry.name)) {
        if (!entry.isFile()) warnings.push(`skipping irregular file ${child}`);
        else if ((await lstat(child)).size > maxFileBytes) warnings.push(`skipping large file ${child}`);
        else files.push(child);
      }
      if (files.length > maxFiles) throw usage(`failed to walk directory ${path}: more than ${maxFiles} files`);
    }
  };
  await visit(path);
  return files;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
