/**
 * Tar archives in memory: read entry by entry, written header by header.
 *
 * Not a compressor, and no judge of paths: what reads an archive checks where an entry would land, and how much it takes.
 * Entry points: {@link readTar}, {@link encodeTarHeader}.
 */
export { readTar, type TarEntry } from "./read-tar.ts";
export { encodeTarHeader, tarEnd, type TarEntryHead, tarPadding } from "./tar-header.ts";
