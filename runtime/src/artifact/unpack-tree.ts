import { createGunzip } from "node:zlib";
import { EddyError } from "@eddy/core/errors";
import { readTar, type TarEntry } from "@eddy/core/tar";
import { joinPath, type FileTree } from "@eddy/core/tree";
import type { ArtifactLimits } from "./artifact.ts";
import { createFileMap } from "./file-map.ts";

/** Upstream's order of magnitude, far beyond any sane repository. */
export const defaultArtifactLimits: ArtifactLimits = {
  maxBytes: 256 * 1024 ** 2,
  maxUnpackedBytes: 1024 ** 3,
  maxEntries: 200_000,
  maxRatio: 200,
};

const maxPath = 4096;
const ratioFrom = 16 * 1024 ** 2;

/**
 * Reads a gzipped tar into memory: files and folders; links and devices are dropped.
 * @throws EddyError ARTIFACT_ARCHIVE for damage, for a path that leaves the root, and beyond a limit.
 */
export async function unpackTree(
  archive: Uint8Array,
  limits: ArtifactLimits = defaultArtifactLimits,
): Promise<FileTree> {
  if (archive.length > limits.maxBytes)
    throw refuse(`it has ${archive.length} bytes, at most ${limits.maxBytes} are allowed`);
  return parseTar(await gunzip(archive, limits), limits);
}

function refuse(why: string): EddyError {
  return new EddyError("ARTIFACT_ARCHIVE", `unpack artifact: ${why}`);
}

/** Inflates while watching size and ratio, so that a bomb is stopped when it has only begun. */
function gunzip(archive: Uint8Array, limits: ArtifactLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = createGunzip();
    const chunks: Buffer[] = [];
    let length = 0;
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limits.maxUnpackedBytes)
        stream.destroy(refuse(`it unpacks to more than ${limits.maxUnpackedBytes} bytes`));
      else if (length > ratioFrom && length > archive.length * limits.maxRatio) {
        stream.destroy(refuse(`it unpacks to more than ${limits.maxRatio} times its size`));
      }
    });
    stream.once("error", (error) => reject(error instanceof EddyError ? error : refuse(error.message)));
    stream.once("end", () => resolve(Buffer.concat(chunks)));
    stream.end(archive);
  });
}

/** Reads a tar: ustar, PAX paths and sizes, GNU long names. */
export function parseTar(data: Buffer, limits: ArtifactLimits = defaultArtifactLimits): FileTree {
  const files = createFileMap();
  let entries = 0;
  for (const entry of entriesOf(data)) {
    if (++entries > limits.maxEntries) throw refuse(`it has more than ${limits.maxEntries} entries`);
    const path = checkPath(entry.path);
    if (entry.kind === "directory") files.addDirectory(path);
    else if (entry.kind === "file") files.addFile(path, entry.body, entry.executable);
  }
  return files.tree();
}

function* entriesOf(data: Buffer): Generator<TarEntry> {
  try {
    yield* readTar(data);
  } catch (error) {
    throw error instanceof EddyError && error.code === "TAR_DAMAGED" ? refuse(error.message) : error;
  }
}

/** The path from the root, without `./` and a slash at the end. What would land elsewhere on any system is refused. */
function checkPath(path: string): string {
  const unsafe =
    path === "" ||
    path.length > maxPath ||
    path.startsWith("/") ||
    path.includes("\0") ||
    path.includes("\\") ||
    /^[A-Za-z]:/.test(path) ||
    path.split("/").includes("..");
  const clean = unsafe ? undefined : joinPath("", path);
  if (clean === undefined) throw refuse(`refused the path ${JSON.stringify(path.slice(0, 200))}`);
  return clean;
}
