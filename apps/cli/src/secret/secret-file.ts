import { randomBytes } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { FormatName } from "@eddy/sops";
import { flag, type FlagSpec } from "../command/flag.ts";

const formatNames = ["yaml", "json", "dotenv", "ini", "binary"] as const satisfies readonly FormatName[];

/** Flags that every command on encrypted files has. */
export const keyFlags: {
  ageKeyFile: FlagSpec<readonly string[]>;
  pgpKeyFile: FlagSpec<readonly string[]>;
  config: FlagSpec<string | undefined>;
  inputType: FlagSpec<FormatName | undefined>;
} = {
  ageKeyFile: flag.list("files with age identities or an OpenSSH private key, beside those that sops looks for"),
  pgpKeyFile: flag.list("files with armored OpenPGP keys"),
  config: flag.text("this file in place of the nearest .sops.yaml"),
  inputType: flag.oneOf(formatNames, "the format, where the file's name does not say it"),
};

/** Where a result goes. */
export const outputFlags: { inPlace: FlagSpec<boolean>; output: FlagSpec<string | undefined> } = {
  inPlace: flag.boolean("write the result back to the file", { short: "i" }),
  output: flag.text("write to this file instead of standard output", { short: "o" }),
};

/** The flags that say where a result goes, and the streams it may go to. */
export interface Destination {
  inPlace: boolean;
  output: string | undefined;
  print(text: string): void;
}

/** The format of a file: as the flag says, or by its name. */
export async function formatFor(path: string, inputType: FormatName | undefined): Promise<FormatName> {
  const { formatOfPath } = await import("@eddy/sops");
  return inputType ?? formatOfPath(path);
}

/** @throws EddyError READ_FILE (terminal) */
export async function readSecretFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new EddyError("READ_FILE", `read ${JSON.stringify(path)}: ${messageOf(cause)}`, { class: "terminal", cause });
  }
}

/** Writes a result to where it is to go; a file is replaced in one step, and keeps its mode. */
export async function writeResult(
  path: string,
  content: Uint8Array,
  { inPlace, output, print }: Destination,
): Promise<void> {
  const target = inPlace ? path : output;
  if (target !== undefined) return await replaceFile(target, content);
  const text = Buffer.from(content).toString("utf8");
  if (Buffer.from(text).equals(content)) return print(text);
  throw new EddyError("NOT_TEXT", `print ${JSON.stringify(path)}: it holds bytes that are no text`, {
    class: "terminal",
    hint: "write it to a file with --output",
  });
}

/** Writes a file beside its place and moves it there: a reader sees the old text or the new one. */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const mode = await stat(path).then(
    ({ mode }) => mode & 0o777,
    () => 0o600,
  );
  const temporary = join(dirname(path), `.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await writeFile(temporary, content, { mode, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
