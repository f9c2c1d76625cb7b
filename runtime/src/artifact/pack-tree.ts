import { ownBytes } from "@eddy/core/bytes";
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, crc32, deflateRawSync } from "node:zlib";
import { EddyError } from "@eddy/core/errors";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import { joinPath, type FileTree } from "@eddy/core/tree";
import { combineCrc32 } from "./crc32.ts";

/** A compressed piece of an archive: whole deflate blocks that need nothing before them. */
interface Segment {
  readonly compressed: Buffer;
  readonly crc: number;
  /** Uncompressed bytes. */
  readonly length: number;
}

/** Packs trees; what a former archive had, too, is not read or compressed again. */
export interface TreePacker {
  /** A gzipped tar of the tree. The same tree gives the same bytes, whatever was packed before. */
  pack(tree: FileTree): Promise<Buffer>;
}

const level = 6;
/** No name, no time, unknown system: what Go's `gzip.Writer` writes. */
const gzipHead = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** An empty final block. */
const deflateEnd = Buffer.from([0x03, 0x00]);

/**
 * A packer that keeps the pieces of the last archive. A piece is a run of entries without a folder's end between them, so
 * that a commit compresses anew only the runs that it touched. Entries stand in the order of Go's `filepath.Walk`.
 */
export function createTreePacker(): TreePacker {
  let kept = new Map<string, Segment>();
  return {
    async pack(tree) {
      const used = new Map<string, Segment>();
      const segments: Segment[] = [];
      let since = performance.now();
      for (const run of runsOf(tree)) {
        const key = keyOf(run);
        const segment = (key === undefined ? undefined : kept.get(key)) ?? compress(tarOf(tree, run));
        if (key !== undefined) used.set(key, segment);
        segments.push(segment);
        if (performance.now() - since > 8) {
          await nextTurn();
          since = performance.now();
        }
      }
      segments.push(compress(tarEnd));
      kept = used;
      return gzipOf(segments);
    },
  };
}

/** A gzipped tar of one tree, with nothing remembered. */
export function packTree(tree: FileTree): Promise<Buffer> {
  return createTreePacker().pack(tree);
}

interface Entry {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly executable: boolean;
  readonly identity: string | undefined;
}

const maxDepth = 512;
/** One file in so many ends a run, chosen by its name: adding a file moves no other boundary. */
const runShare = 32;

/** The entries of the tree, in runs. */
function* runsOf(tree: FileTree): Generator<Entry[]> {
  let run: Entry[] = [];
  for (const entry of entriesOf(tree, "", 0)) {
    const starts = entry.kind === "directory" || crc32(entry.path) % runShare === 0;
    if (starts && run.length > 0) {
      yield run;
      run = [];
    }
    run.push(entry);
  }
  yield run;
}

function* entriesOf(tree: FileTree, path: string, depth: number): Generator<Entry> {
  yield { path, kind: "directory", executable: false, identity: "" };
  if (depth > maxDepth) throw refuse(`more than ${maxDepth} folders deep`);
  for (const name of tree.list(path) ?? []) {
    const child = joinPath(path, name);
    if (child === undefined || child === path || name.includes("/") || name.includes("\\"))
      throw refuse(`refused the name ${JSON.stringify(name)}`);
    const kind = tree.kindOf(child);
    if (kind === "directory") yield* entriesOf(tree, child, depth + 1);
    if (kind === "file")
      yield { path: child, kind, executable: tree.isExecutable?.(child) ?? false, identity: tree.identityOf?.(child) };
  }
}

function refuse(why: string): EddyError {
  return new EddyError("ARTIFACT_PATH", `pack artifact: ${why}`, { class: "terminal" });
}

/** What a run is made of, or undefined when a file's identity is not known without reading it. */
function keyOf(run: readonly Entry[]): string | undefined {
  const hash = createHash("sha1");
  for (const { path, kind, executable, identity } of run) {
    if (identity === undefined) return undefined;
    hash.update(`${path}\0${kind}${executable ? 1 : 0}${identity}\0`);
  }
  return hash.digest("base64");
}

function tarOf(tree: FileTree, run: readonly Entry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { path, kind, executable } of run) {
    const content = kind === "file" ? (tree.read(path) ?? new Uint8Array()) : new Uint8Array();
    parts.push(encodeTarHeader({ path: path === "" ? "." : path, kind, executable, size: content.length }));
    parts.push(content, Buffer.alloc(tarPadding(content.length)));
  }
  return Buffer.concat(parts);
}

function compress(data: Buffer): Segment {
  // A full flush ends at a byte, and what follows does not look back.
  const compressed = ownBytes(deflateRawSync(data, { level, finishFlush: constants.Z_FULL_FLUSH }));
  return { compressed, crc: crc32(data), length: data.length };
}

function gzipOf(segments: readonly Segment[]): Buffer {
  let crc = 0;
  let length = 0;
  for (const segment of segments) {
    crc = combineCrc32(crc, segment.crc, segment.length);
    length += segment.length;
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc, 0);
  tail.writeUInt32LE(length % 2 ** 32, 4);
  return Buffer.concat([gzipHead, ...segments.map(({ compressed }) => compressed), deflateEnd, tail]);
}
