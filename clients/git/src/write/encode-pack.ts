import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { GitObject, ObjectType } from "../object.ts";

const codes: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** A pack of whole objects, without deltas. Source: Git's gitformat-pack. */
export function encodePack(objects: Iterable<GitObject>): Buffer {
  const entries: Buffer[] = [];
  let count = 0;
  for (const { type, data } of objects) {
    count++;
    entries.push(entryHead(codes[type], data.length), deflateSync(data));
  }
  const head = Buffer.from("PACK\0\0\0\u0002\0\0\0\0", "latin1");
  head.writeUInt32BE(count, 8);
  const content = Buffer.concat([head, ...entries]);
  return Buffer.concat([content, createHash("sha1").update(content).digest()]);
}

function entryHead(code: number, size: number): Buffer {
  const bytes = [(code << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
