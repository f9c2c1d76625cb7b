import { GitError } from "./errors.ts";

/**
 * Applies a delta to its base. Source: Git's gitformat-pack, "Deltified representation".
 * @throws GitError `protocol` for a delta that does not fit its base, `limit` when the result is too large.
 */
export function applyDelta(base: Buffer, delta: Buffer, maxBytes: number): Buffer {
  const cursor = { at: 0 };
  const baseSize = readSize(delta, cursor);
  const resultSize = readSize(delta, cursor);
  if (baseSize !== base.length) throw invalid(`made for a base of ${baseSize} bytes, have ${base.length}`);
  if (resultSize > maxBytes)
    throw new GitError("limit", `apply delta: the object has ${resultSize} bytes, at most ${maxBytes} are allowed`);
  const result = Buffer.allocUnsafe(resultSize);
  let written = 0;
  while (cursor.at < delta.length) {
    const command = delta[cursor.at++] ?? 0;
    const source = command & 0x80 ? base : delta;
    const { offset, size } = command & 0x80 ? readCopy(delta, cursor, command) : readInsert(cursor, command);
    if (size === 0 || offset + size > source.length || written + size > resultSize)
      throw invalid("an instruction reaches out of bounds");
    source.copy(result, written, offset, offset + size);
    written += size;
  }
  if (written !== resultSize) throw invalid(`gives ${written} bytes, promised ${resultSize}`);
  return result;
}

interface Cursor {
  at: number;
}

function readSize(delta: Buffer, cursor: Cursor): number {
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = delta[cursor.at++];
    if (byte === undefined || shift > 42) throw invalid("its sizes are cut off");
    size += (byte & 0x7f) * 2 ** shift;
    if (!(byte & 0x80)) return size;
  }
}

function readCopy(delta: Buffer, cursor: Cursor, command: number): { offset: number; size: number } {
  let offset = 0;
  let size = 0;
  for (let bit = 0; bit < 4; bit++) if (command & (1 << bit)) offset += (delta[cursor.at++] ?? 0) * 2 ** (8 * bit);
  for (let bit = 0; bit < 3; bit++) if (command & (0x10 << bit)) size += (delta[cursor.at++] ?? 0) * 2 ** (8 * bit);
  return { offset, size: size === 0 ? 0x10000 : size };
}

function readInsert(cursor: Cursor, size: number): { offset: number; size: number } {
  const offset = cursor.at;
  cursor.at += size;
  return { offset, size };
}

function invalid(why: string): GitError {
  return new GitError("protocol", `apply delta: ${why}`);
}
