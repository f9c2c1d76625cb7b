import { readFile } from "node:fs/promises";
import { EddyError, messageOf } from "@eddy/core/errors";

const maxBytes = 1024 * 1024;

/**
 * The text of a file that a flag names; undefined without the flag.
 * @throws EddyError FILE_UNREADABLE (terminal), beginning with `doing`
 */
export async function readFlagFile(path: string | undefined, doing: string): Promise<string | undefined> {
  if (!path) return undefined;
  const content = await readFile(path).catch((cause: unknown) => {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const why = isMissing ? `open ${path}: no such file or directory` : messageOf(cause);
    throw new EddyError("FILE_UNREADABLE", `${doing}: ${why}`, { class: "terminal", cause });
  });
  if (content.length > maxBytes)
    throw new EddyError("FILE_UNREADABLE", `${doing}: it has more than 1 MiB`, { class: "terminal" });
  return content.toString("utf8");
}
