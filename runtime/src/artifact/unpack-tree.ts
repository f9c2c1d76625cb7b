import { createGunzip } from "node:zlib";
import { EddyError } from "@eddy/core/errors";
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

interface Header {
  path: string;
  size: number;
  type: string;
  executable: boolean;
}

/** Reads a tar: ustar, PAX paths and sizes, GNU long names. */
export function parseTar(data: Buffer, limits: ArtifactLimits = defaultArtifactLimits): FileTree {
  const files = createFileMap();
  let entries = 0;
  let longPath: string | undefined;
  let longSize: number | undefined;
  for (let at = 0; at + 512 <= data.length;) {
    const block = data.subarray(at, at + 512);
    if (block.every((byte) => byte === 0)) break;
    const header = parseHeader(block);
    const size = longSize ?? header.size;
    const body = data.subarray(at + 512, at + 512 + size);
    if (body.length !== size) throw refuse("it is cut off");
    at += 512 + size + ((512 - (size % 512)) % 512);
    if (header.type === "x" || header.type === "L") {
      const extended = header.type === "x" ? parsePax(body) : { path: textUntilNul(body) };
      longPath = extended.path ?? longPath;
      longSize = extended.size ?? longSize;
      continue;
    }
    if (++entries > limits.maxEntries) throw refuse(`it has more than ${limits.maxEntries} entries`);
    const path = checkPath(longPath ?? header.path);
    longPath = undefined;
    longSize = undefined;
    if (header.type === "5") files.addDirectory(path);
    else if (header.type === "0" || header.type === "\0") files.addFile(path, body, header.executable);
  }
  return files.tree();
}

function parseHeader(block: Buffer): Header {
  const sum = Number.parseInt(textUntilNul(block.subarray(148, 156)).trim() || "0", 8);
  const counted = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== counted) throw refuse("a header's checksum does not match");
  const prefix = block.toString("latin1", 257, 262) === "ustar" ? textUntilNul(block.subarray(345, 500)) : "";
  const name = textUntilNul(block.subarray(0, 100));
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    size: parseSize(block.subarray(124, 136)),
    type: String.fromCharCode(block[156] ?? 0),
    executable: (Number.parseInt(textUntilNul(block.subarray(100, 108)).trim() || "0", 8) & 0o111) !== 0,
  };
}

function parseSize(field: Buffer): number {
  const first = field[0] ?? 0;
  const size =
    first & 0x80
      ? field.subarray(1).reduce((total, byte) => total * 256 + byte, first & 0x7f)
      : Number.parseInt(textUntilNul(field).trim() || "0", 8);
  if (!Number.isSafeInteger(size) || size < 0) throw refuse("a header's size is not a number");
  return size;
}

function textUntilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

function parsePax(body: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString("latin1", at, space));
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > body.length)
      throw refuse("a PAX record is damaged");
    const text = body.toString("utf8", space + 1, at + length - 1);
    const equals = text.indexOf("=");
    if (text.slice(0, equals) === "path") found.path = text.slice(equals + 1);
    if (text.slice(0, equals) === "size") found.size = Number(text.slice(equals + 1));
    at += length;
  }
  if (found.size !== undefined && (!Number.isSafeInteger(found.size) || found.size < 0))
    throw refuse("a PAX size is not a number");
  return found;
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
