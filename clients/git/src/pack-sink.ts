import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { GitError } from "./errors.ts";
import { fileBytes, memoryBytes, type PackBytes } from "./pack-bytes.ts";
import { createPrivateFolder, type PrivateFolder } from "./private-folder.ts";

/** Collects a pack as it arrives. */
export interface PackSink {
  write(data: Buffer): void;
  /** The whole pack. */
  finish(): PackBytes;
  /** Drops what has come. Idempotent, also after `finish`. */
  discard(): void;
}

/** Keeps a pack in memory, or in a nameless file as soon as it is larger than `memoryLimit`. */
export function createPackSink(options: { maxBytes: number; memoryLimit: number }): PackSink {
  let chunks: Buffer[] = [];
  let length = 0;
  let file: { folder: PrivateFolder; path: string; descriptor: number } | undefined;

  const spill = (): NonNullable<typeof file> => {
    const folder = createPrivateFolder();
    const path = join(folder.path, "incoming.pack");
    const opened = { folder, path, descriptor: openSync(path, "wx", 0o600) };
    for (const chunk of chunks) writeSync(opened.descriptor, chunk);
    chunks = [];
    return opened;
  };
  const discard = (): void => {
    if (file) {
      closeSync(file.descriptor);
      file.folder.remove();
    }
    file = undefined;
    chunks = [];
  };
  return {
    write(data) {
      length += data.length;
      if (length > options.maxBytes)
        throw new GitError("limit", `fetch: the pack has more than ${options.maxBytes} bytes`);
      if (length > options.memoryLimit) file ??= spill();
      if (file) writeSync(file.descriptor, data);
      // A packet is a view of the connection's buffer; keeping it would keep that buffer.
      else chunks.push(Buffer.from(data));
    },
    finish() {
      if (!file) return memoryBytes(Buffer.concat(chunks));
      return fileBytes(file.path);
    },
    discard,
  };
}
