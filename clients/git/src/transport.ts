import type { Advertisement } from "./advertisement.ts";
import type { PacketReader } from "./pkt-line.ts";

/** A program at the far end: the one that sends packs, or the one that takes them. */
export type GitService = "git-upload-pack" | "git-receive-pack";

/** A conversation with one server's `git-upload-pack` or `git-receive-pack`. */
export interface Transport {
  /**
   * What the server says first. `fresh` demands that refs asked for next are those of this moment: a Git process remembers
   * refs that it has read, so a kept conversation would answer with old ones.
   */
  advertisement(signal: AbortSignal, options?: { fresh: boolean }): Promise<Advertisement>;
  /** Sends one request and reads its answer; the caller finishes the reader. One at a time. */
  send(body: Buffer, options: { signal: AbortSignal; maxBytes: number }): Promise<PacketReader>;
  close(): void;
}
