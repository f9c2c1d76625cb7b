import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ownBytes } from "@eddy/core/bytes";

/** The bytes of a pack, in memory or in a file. */
export interface PackBytes {
  readonly length: number;
  /** Up to `length` bytes from `offset`, fewer at the end. The answer may be shared memory: not to be changed. */
  read(offset: number, length: number): Buffer;
}

/** Bytes in memory of their own: the pack of a small commit is a piece of a pool, and packs are kept by the hundred. */
export function memoryBytes(data: Buffer): PackBytes {
  const own = ownBytes(data);
  return { length: own.length, read: (offset, length) => own.subarray(offset, offset + length) };
}

/** A file's descriptor is closed when nobody can read from it any more: trees outlive their remote. */
const descriptors = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** Bytes of a file, which may be removed afterwards: it is opened at once and stays readable. */
export function fileBytes(path: string): PackBytes {
  const descriptor = openSync(path, "r");
  const bytes: PackBytes = {
    length: fstatSync(descriptor).size,
    read(offset, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, bytes.length - offset)));
      let have = 0;
      while (have < buffer.length) {
        const count = readSync(descriptor, buffer, have, buffer.length - have, offset + have);
        if (count === 0) break;
        have += count;
      }
      return buffer.subarray(0, have);
    },
  };
  descriptors.register(bytes, descriptor);
  return bytes;
}
