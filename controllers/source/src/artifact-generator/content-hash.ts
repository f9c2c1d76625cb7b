import { compareText } from "@eddy/core/json";
import type { FileTree } from "@eddy/core/tree";
import { pathsOf } from "./glob.ts";

const modulus = 65_521;
/** So many bytes can be summed before the sums leave 32 bits. Source: zlib `NMAX`. */
const stride = 5_552;

/** Adler-32 of bytes. */
export function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (let start = 0; start < bytes.length; start += stride) {
    const end = Math.min(start + stride, bytes.length);
    for (let at = start; at < end; at++) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= modulus;
    high %= modulus;
  }
  return high * 65_536 + low;
}

/**
 * What upstream names an artifact's file after: a checksum, in decimal, over the checksums and names of the tree's files.
 * `prefix` stands before each path. Source: source-watcher internal/builder `DirHash`, golang.org/x/mod/sumdb/dirhash.
 */
export function contentHash(tree: FileTree, prefix: string): string {
  const files = [...pathsOf(tree, "")].filter((path) => tree.kindOf(path) === "file");
  const lines = files
    .map((path) => ({ name: `${prefix}/${path}`, path }))
    .sort((left, right) => compareText(left.name, right.name))
    .map(({ name, path }) => `${adler32(tree.read(path) ?? new Uint8Array()).toString(16)}  ${name}\n`);
  return String(adler32(Buffer.from(lines.join(""))));
}
