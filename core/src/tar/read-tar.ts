import { EddyError } from "../errors/index.ts";

/** One entry of an archive. The path is as written: whoever uses it checks it. */
export interface TarEntry {
  readonly path: string;
  /** `other` are links, devices and what is unknown: nothing should be made of them. */
  readonly kind: "file" | "directory" | "other";
  readonly executable: boolean;
  /** A view of the archive's bytes, of a file alone. */
  readonly body: Buffer;
}

const blockBytes = 512;

/**
 * The entries of a tar in their order: ustar, PAX paths and sizes, GNU long names.
 * @throws EddyError TAR_DAMAGED (terminal) where it is cut off or a header is damaged
 */
export function* readTar(data: Buffer): Generator<TarEntry> {
  let longPath: string | undefined;
  let longSize: number | undefined;
  for (let at = 0; at + blockBytes <= data.length;) {
    const block = data.subarray(at, at + blockBytes);
    if (block.every((byte) => byte === 0)) break;
    const header = parseHeader(block);
    const size = longSize ?? header.size;
    const body = data.subarray(at + blockBytes, at + blockBytes + size);
    if (body.length !== size) throw damaged("it is cut off");
    at += blockBytes + size + ((blockBytes - (size % blockBytes)) % blockBytes);
    if (header.type === "x" || header.type === "L") {
      const extended = header.type === "x" ? parsePax(body) : { path: textUntilNul(body) };
      longPath = extended.path ?? longPath;
      longSize = extended.size ?? longSize;
      continue;
    }
    if (header.type === "g") continue;
    yield { path: longPath ?? header.path, kind: kindOf(header), executable: header.executable, body };
    longPath = undefined;
    longSize = undefined;
  }
}

interface Header {
  path: string;
  size: number;
  type: string;
  executable: boolean;
}

function kindOf({ type, path }: Header): TarEntry["kind"] {
  if (type === "5") return "directory";
  if (type !== "0" && type !== "\0") return "other";
  return path.endsWith("/") ? "directory" : "file";
}

function damaged(why: string): EddyError {
  return new EddyError("TAR_DAMAGED", why, { class: "terminal" });
}

function parseHeader(block: Buffer): Header {
  const sum = Number.parseInt(textUntilNul(block.subarray(148, 156)).trim() || "0", 8);
  const counted = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== counted) throw damaged("a header's checksum does not match");
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
  if (!Number.isSafeInteger(size) || size < 0) throw damaged("a header's size is not a number");
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
      throw damaged("a PAX record is damaged");
    const text = body.toString("utf8", space + 1, at + length - 1);
    const equals = text.indexOf("=");
    if (text.slice(0, equals) === "path") found.path = text.slice(equals + 1);
    if (text.slice(0, equals) === "size") found.size = Number(text.slice(equals + 1));
    at += length;
  }
  if (found.size !== undefined && (!Number.isSafeInteger(found.size) || found.size < 0))
    throw damaged("a PAX size is not a number");
  return found;
}
