import { GitError } from "./errors.ts";

/** One packet: data, or a special one. Source: Git's gitprotocol-common, "pkt-line format". */
export type Packet =
  | { readonly kind: "data"; readonly data: Buffer }
  | { readonly kind: "flush" }
  | { readonly kind: "delimiter" }
  | { readonly kind: "response-end" };

/** The longest payload of one packet. */
export const maxPacketData = 65_516;

const maxRestBytes = 1024 * 1024;

/** `0000`. */
export const flushPacket = "0000";
/** `0001`, between the sections of a protocol v2 message. */
export const delimiterPacket = "0001";

/** A data packet with this text or these bytes; text gets no newline added. */
export function encodePacket(payload: string | Uint8Array): Buffer {
  const data = typeof payload === "string" ? Buffer.from(payload) : payload;
  if (data.length > maxPacketData)
    throw new GitError("protocol", `encode packet: ${data.length} bytes, at most ${maxPacketData} fit`);
  const head = (data.length + 4).toString(16).padStart(4, "0");
  return Buffer.concat([Buffer.from(head), data]);
}

/** A request of packets: text becomes a data packet, the special packets stay themselves. */
export function encodePackets(lines: readonly (string | { special: string })[]): Buffer {
  return Buffer.concat(
    lines.map((line) => (typeof line === "string" ? encodePacket(line) : Buffer.from(line.special))),
  );
}

/** Where packets are read from, one after the other. */
export interface PacketReader {
  /** The next packet, or undefined at the end of the stream. */
  next(): Promise<Packet | undefined>;
  /** Reads what is left and drops it, so that a connection can be used again. Idempotent. */
  finish(): Promise<void>;
}

/** Text of a data packet without its trailing newline. */
export function textOf(packet: { readonly data: Buffer }): string {
  const text = packet.data.toString("utf8");
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/**
 * Cuts a byte stream into packets. More than `maxBytes` in all, a wrong length or a cut stream throw GitError.
 */
export function createPacketReader(source: AsyncIterator<Uint8Array>, options: { maxBytes: number }): PacketReader {
  let pending: Buffer = Buffer.alloc(0);
  let readBytes = 0;

  const fill = async (wanted: number): Promise<boolean> => {
    const parts = [pending];
    let have = pending.length;
    while (have < wanted) {
      const result = await source.next();
      if (result.done) break;
      const chunk = Buffer.from(result.value.buffer, result.value.byteOffset, result.value.byteLength);
      readBytes += chunk.length;
      if (readBytes > options.maxBytes) throw new GitError("limit", `read answer: more than ${options.maxBytes} bytes`);
      parts.push(chunk);
      have += chunk.length;
    }
    pending = parts.length === 1 ? pending : Buffer.concat(parts);
    return have >= wanted;
  };

  return {
    async next() {
      if (pending.length < 4 && !(await fill(4))) {
        if (pending.length === 0) return undefined;
        throw cutOff();
      }
      const length = parseLength(pending);
      const special = specialPackets[length];
      if (special) {
        pending = pending.subarray(4);
        return special;
      }
      if (pending.length < length && !(await fill(length))) throw cutOff();
      const data = pending.subarray(4, length);
      pending = pending.subarray(length);
      return { kind: "data", data };
    },
    async finish() {
      pending = Buffer.alloc(0);
      // A small rest is read so that the connection is kept; a long one is not worth it.
      for (let rest = 0; rest < maxRestBytes;) {
        const result = await source.next().catch(() => undefined);
        if (!result || result.done) return;
        rest += result.value.length;
      }
      await source.return?.();
    },
  };
}

const specialPackets: readonly (Packet | undefined)[] = [
  { kind: "flush" },
  { kind: "delimiter" },
  { kind: "response-end" },
];

function parseLength(bytes: Buffer): number {
  const text = bytes.toString("latin1", 0, 4);
  const length = /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : -1;
  if (length < 0 || length === 3 || length > maxPacketData + 4) {
    throw new GitError("protocol", `read packet: ${JSON.stringify(text)} is not a packet length`);
  }
  return length;
}

function cutOff(): GitError {
  return new GitError("protocol", "read packet: the stream ended in the middle of a packet");
}
