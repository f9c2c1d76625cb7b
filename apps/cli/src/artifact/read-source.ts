import { EddyError } from "@eddy/core/errors";
import { loadArtifactEntries, type ArtifactEntry, type LoadArtifactOptions } from "./load-artifact-tree.ts";

const maxStdinBytes = 256 * 1024 * 1024;
const stdinName = "manifests.yaml";

/** The entries of a path, or of what comes in on `stdin` for `-`, as one file. @throws EddyError USAGE. */
export async function readSource(
  path: string | undefined,
  stdin: NodeJS.ReadableStream,
  options: LoadArtifactOptions,
): Promise<ArtifactEntry[]> {
  if (path === undefined || path === "") throw new EddyError("USAGE", 'invalid path ""', { class: "terminal" });
  if (path !== "-") return loadArtifactEntries(path, options);
  const bytes = await readAll(stdin);
  if (bytes.length === 0) throw new EddyError("USAGE", "stdin is empty", { class: "terminal" });
  return [
    { path: ".", mode: 0o755 },
    { path: stdinName, bytes, mode: 0o644 },
  ];
}

async function readAll(stdin: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxStdinBytes)
      throw new EddyError("USAGE", `read stdin: more than ${maxStdinBytes} bytes`, { class: "terminal" });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
