import { GitError } from "./errors.ts";

/** Where the objects of one pack are: ids sorted, 20 bytes each, and their offsets. */
export interface PackIndex {
  readonly count: number;
  /** Offset of the object's entry, or undefined. */
  find(oid: string): number | undefined;
  encode(): Buffer;
}

const magic = Buffer.from("EDDYIDX1");
const headBytes = 12;
const rowBytes = 28;

/** An index of objects by id and offset. */
export function createPackIndex(objects: readonly { readonly oid: string; readonly offset: number }[]): PackIndex {
  const sorted = [...objects].sort((left, right) => (left.oid < right.oid ? -1 : left.oid > right.oid ? 1 : 0));
  const table = Buffer.alloc(headBytes + sorted.length * rowBytes);
  magic.copy(table);
  table.writeUInt32BE(sorted.length, 8);
  for (const [row, { oid, offset }] of sorted.entries()) {
    table.write(oid, headBytes + row * rowBytes, "hex");
    table.writeDoubleBE(offset, headBytes + row * rowBytes + 20);
  }
  return indexOver(table);
}

/**
 * Reads what `encode` wrote.
 * @throws GitError `protocol` when it is something else.
 */
export function decodePackIndex(table: Buffer): PackIndex {
  const whole =
    table.length >= headBytes &&
    table.subarray(0, 8).equals(magic) &&
    table.length === headBytes + table.readUInt32BE(8) * rowBytes;
  if (!whole) throw new GitError("protocol", "read pack index: not an index, or cut off");
  return indexOver(table);
}

function indexOver(table: Buffer): PackIndex {
  const count = table.readUInt32BE(8);
  return {
    count,
    find(oid) {
      const wanted = Buffer.from(oid, "hex");
      if (wanted.length !== 20) return undefined;
      let low = 0;
      let high = count - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const row = headBytes + middle * rowBytes;
        const order = wanted.compare(table, row, row + 20);
        if (order === 0) return table.readDoubleBE(row + 20);
        if (order < 0) high = middle - 1;
        else low = middle + 1;
      }
      return undefined;
    },
    encode: () => table,
  };
}
