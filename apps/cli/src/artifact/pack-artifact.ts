import { gzipSync } from "node:zlib";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import type { ArtifactEntry } from "./load-artifact-tree.ts";

/** A gzipped tar of the entries without owners and times. The same entries give the same bytes. Source: fluxcd/pkg/tar `Tar`. */
export function packArtifact(entries: readonly ArtifactEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { path, bytes, mode } of entries) {
    const size = bytes?.length ?? 0;
    const kind = bytes ? ("file" as const) : ("directory" as const);
    parts.push(encodeTarHeader({ path, kind, executable: false, size, mode }));
    if (bytes) parts.push(bytes, Buffer.alloc(tarPadding(size)));
  }
  parts.push(tarEnd);
  const packed = gzipSync(Buffer.concat(parts));
  // zlib names the system that it ran on; Go does not.
  packed[9] = 0xff;
  return packed;
}
