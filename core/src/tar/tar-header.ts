import { EddyError } from "../errors/index.ts";

/** What one entry of an archive is. */
export interface TarEntryHead {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly executable: boolean;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Permissions; 0600, 0700 for an executable, 0750 for a directory unless given. */
  readonly mode?: number;
}

const blockBytes = 512;

/**
 * The header blocks of an entry as Flux normalises them: no owner, no times, mode 0600, 0700 or 0750, no slash after a
 * directory. A name that does not fit becomes a PAX record, as Go's `archive/tar` writes it. Source: Flux spec 3.1
 * "Artifact format".
 */
export function encodeTarHeader(entry: TarEntryHead): Buffer {
  const mode = entry.mode ?? (entry.kind === "directory" ? 0o750 : entry.executable ? 0o700 : 0o600);
  const type = entry.kind === "directory" ? "5" : "0";
  const split = splitName(entry.path);
  if (split && entry.size < 8 ** 11) return block({ ...split, mode, size: entry.size, type });
  return paxBlocks(entry, mode, type);
}

/** How many zero bytes follow a content of this size. */
export function tarPadding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** The end of an archive: two empty blocks. */
export const tarEnd: Buffer = Buffer.alloc(2 * blockBytes);

interface BlockFields {
  name: string;
  prefix: string;
  mode: number;
  size: number;
  type: string;
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** Cuts a long name at a slash so that it fits USTAR's two fields, as late as possible, like Go. */
function splitName(path: string): { name: string; prefix: string } | undefined {
  if (!isAscii(path)) return undefined;
  if (path.length <= 100) return { name: path, prefix: "" };
  if (path.length > 256) return undefined;
  const cut = path.lastIndexOf("/", Math.min(155, path.length - 2));
  if (cut <= 0 || path.length - cut - 1 > 100) return undefined;
  return { name: path.slice(cut + 1), prefix: path.slice(0, cut) };
}

function block(fields: BlockFields): Buffer {
  const bytes = Buffer.alloc(blockBytes);
  bytes.write(fields.name, 0, 100, "latin1");
  bytes.write(octal(fields.mode, 7), 100);
  bytes.write(octal(0, 7), 108);
  bytes.write(octal(0, 7), 116);
  bytes.write(octal(fields.size, 11), 124);
  bytes.write(octal(0, 11), 136);
  bytes.write(fields.type, 156);
  bytes.write("ustar\x0000", 257);
  // Go leaves the device numbers of an extended header empty.
  if (fields.type !== "x") bytes.write("0000000\x000000000", 329);
  bytes.write(fields.prefix, 345, 155, "latin1");
  bytes.fill(" ", 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${octal(sum, 6)}\0 `, 148);
  return bytes;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** A PAX header with the name and, beyond 8 GiB, the size, then the entry's own with what fits. */
function paxBlocks(entry: TarEntryHead, mode: number, type: string): Buffer {
  if (entry.path.includes("\0"))
    throw new EddyError("TAR_PATH", `write tar: a path has a NUL character`, { class: "terminal" });
  const records = [record("path", entry.path), entry.size >= 8 ** 11 ? record("size", String(entry.size)) : ""].join(
    "",
  );
  const body = Buffer.from(records);
  const slash = entry.path.lastIndexOf("/");
  const paxName = `${entry.path.slice(0, slash + 1)}PaxHeaders.0/${entry.path.slice(slash + 1)}`;
  const plain = (text: string): string =>
    text
      .replace(/[^\x00-\x7f]/g, "")
      .slice(0, 100)
      .replace(/\/$/, "");
  return Buffer.concat([
    block({ name: plain(paxName), prefix: "", mode: 0, size: body.length, type: "x" }),
    body,
    Buffer.alloc(tarPadding(body.length)),
    block({ name: plain(entry.path), prefix: "", mode, size: entry.size < 8 ** 11 ? entry.size : 0, type }),
  ]);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}
