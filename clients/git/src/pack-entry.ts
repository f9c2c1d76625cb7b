import { inflateSync, type ZlibOptions } from "node:zlib";
import { GitError } from "./errors.ts";
import type { ObjectType } from "./object.ts";
import type { PackBytes } from "./pack-bytes.ts";

/** The head of one entry of a pack: what it is, its inflated size, and where its compressed bytes start. */
export interface EntryHead {
  readonly type: ObjectType | "offset-delta" | "ref-delta";
  /** Inflated bytes: of the object, or of the delta. */
  readonly size: number;
  readonly dataOffset: number;
  /** Of an offset delta: where its base starts. */
  readonly baseOffset?: number;
  /** Of a ref delta: its base's id. */
  readonly baseOid?: string;
}

const types: Readonly<Record<number, EntryHead["type"]>> = {
  1: "commit",
  2: "tree",
  3: "blob",
  4: "tag",
  6: "offset-delta",
  7: "ref-delta",
};
const maxHeadBytes = 48;

/** Reads an entry's head. Source: Git's gitformat-pack. */
export function readEntryHead(pack: PackBytes, offset: number): EntryHead {
  const bytes = pack.read(offset, maxHeadBytes);
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new GitError("protocol", `read pack: entry at ${offset} is cut off`);
    return byte;
  };
  let byte = next();
  const type = types[(byte >> 4) & 7];
  let size = byte & 15;
  for (let shift = 4; byte & 0x80; shift += 7) {
    byte = next();
    if (shift > 46) throw new GitError("protocol", `read pack: entry at ${offset} has an impossible size`);
    size += (byte & 0x7f) * 2 ** shift;
  }
  if (type === undefined) throw new GitError("protocol", `read pack: entry at ${offset} has an unknown type`);
  if (type === "offset-delta") {
    byte = next();
    let distance = byte & 0x7f;
    while (byte & 0x80) {
      byte = next();
      distance = (distance + 1) * 128 + (byte & 0x7f);
      if (distance > offset) break;
    }
    if (distance <= 0 || distance > offset - 12)
      throw new GitError("protocol", `read pack: entry at ${offset} has its base outside the pack`);
    return { type, size, dataOffset: offset + at, baseOffset: offset - distance };
  }
  if (type === "ref-delta") {
    if (at + 20 > bytes.length) throw new GitError("protocol", `read pack: entry at ${offset} is cut off`);
    return { type, size, dataOffset: offset + at + 20, baseOid: bytes.toString("hex", at, at + 20) };
  }
  return { type, size, dataOffset: offset + at };
}

/**
 * Inflates an entry's data, which must have exactly the size of its head; `consumed` is how many compressed bytes it took.
 * A stream that gives more than it promised is refused without being inflated further.
 */
export function inflateEntry(pack: PackBytes, head: EntryHead, maxBytes: number): { data: Buffer; consumed: number } {
  if (head.size > maxBytes)
    throw new GitError("limit", `read pack: an object of ${head.size} bytes, at most ${maxBytes} are allowed`);
  // Stored blocks are the worst case of deflate: 5 bytes each 16 KiB, and the zlib frame; some writers flush more often.
  const compressed = pack.read(head.dataOffset, head.size + (head.size >> 8) + 4096);
  const options: ZlibOptions = { info: true, chunkSize: Math.max(64, head.size + 1), maxOutputLength: head.size + 1 };
  try {
    const { buffer, engine } = inflateSync(compressed, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (buffer.length === head.size) return { data: buffer, consumed: engine.bytesWritten };
  } catch {
    // Told below: zlib's own words do not say where.
  }
  throw new GitError("protocol", `read pack: entry at ${head.dataOffset} does not inflate to its ${head.size} bytes`);
}
