import type { Advertisement } from "./advertisement.ts";
import type { PacketReader } from "./pkt-line.ts";

/** A conversation with one server's `git-upload-pack`. */
export interface Transport {
  /** What the server says first. Kept for protocol v2; asked again for v0, whose advertisement is the list of refs. */
  advertisement(signal: AbortSignal): Promise<Advertisement>;
  /** Sends one request and reads its answer; the caller finishes the reader. One at a time. */
  send(body: Buffer, options: { signal: AbortSignal; maxBytes: number }): Promise<PacketReader>;
  close(): void;
}
