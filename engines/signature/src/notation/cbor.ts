import { Buffer } from "node:buffer";
import { signatureError } from "../signature-error.ts";

/** A value of CBOR. Integers beyond what a number holds exactly are refused. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborValue, CborValue>
  | CborTagged;

/** A value with a meaning: 1 is a time in seconds, 18 a COSE_Sign1. */
export class CborTagged {
  readonly tag: number;
  readonly value: CborValue;

  constructor(tag: number, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

const maxDepth = 16;
const maxItems = 10_000;

/**
 * Reads one value that is all the bytes: definite lengths, keys that occur once, at most 16 levels and 10,000 items.
 * Source: RFC 8949, as far as COSE needs it.
 * @throws EddyError SIGNATURE_INVALID
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  const value = reader.read(0);
  if (!reader.isDone) throw invalid("extraneous data");
  return value;
}

class CborReader {
  private readonly bytes: Buffer;
  private at = 0;
  private items = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isDone(): boolean {
    return this.at === this.bytes.length;
  }

  read(depth: number): CborValue {
    if (depth > maxDepth) throw invalid(`nested deeper than ${maxDepth} levels`);
    if (++this.items > maxItems) throw invalid(`more than ${maxItems} items`);
    const first = this.take(1)[0] as number;
    const [major, info] = [first >> 5, first & 0x1f];
    if (major === 7) return this.simple(info);
    const size = this.argument(info);
    if (major === 0) return size;
    if (major === 1) return -1 - size;
    if (major === 2) return new Uint8Array(this.take(size));
    if (major === 3) return this.text(size);
    if (major === 4) return this.array(size, depth);
    return major === 5 ? this.map(size, depth) : new CborTagged(size, this.read(depth + 1));
  }

  private take(count: number): Buffer {
    if (count > this.bytes.length - this.at) throw invalid("unexpected EOF");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private argument(info: number): number {
    if (info < 24) return info;
    if (info > 27) throw invalid("indefinite or reserved length");
    const size = 2 ** (info - 24);
    const raw = this.take(size);
    const value = size === 8 ? Number(raw.readBigUInt64BE()) : raw.readUIntBE(0, size);
    if (!Number.isSafeInteger(value)) throw invalid("an integer that is too large");
    return value;
  }

  private simple(info: number): CborValue {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    if (info === 23) return undefined;
    if (info === 26) return this.take(4).readFloatBE();
    if (info === 27) return this.take(8).readDoubleBE();
    throw invalid(`simple value ${info}`);
  }

  private text(size: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(size));
    } catch (cause) {
      throw invalid("invalid UTF-8 string", cause);
    }
  }

  private array(size: number, depth: number): CborValue[] {
    const values: CborValue[] = [];
    for (let index = 0; index < size; index++) values.push(this.read(depth + 1));
    return values;
  }

  private map(size: number, depth: number): Map<CborValue, CborValue> {
    const values = new Map<CborValue, CborValue>();
    for (let index = 0; index < size; index++) {
      const key = this.read(depth + 1);
      if (typeof key !== "string" && typeof key !== "number") throw invalid("a key that is neither text nor integer");
      if (values.has(key)) throw invalid(`duplicate map key ${JSON.stringify(key)}`);
      values.set(key, this.read(depth + 1));
    }
    return values;
  }
}

/** A byte string with its head, as short as it may be. */
export function encodeCborBytes(bytes: Uint8Array): Buffer {
  return Buffer.concat([head(2, bytes.length), bytes]);
}

/** A text with its head. */
export function encodeCborText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  const width = size < 0x100 ? 1 : size < 0x1_0000 ? 2 : 4;
  const bytes = Buffer.alloc(1 + width);
  bytes[0] = (major << 5) | (24 + Math.log2(width));
  bytes.writeUIntBE(size, 1, width);
  return bytes;
}

function invalid(what: string, cause?: unknown): Error {
  return signatureError("SIGNATURE_INVALID", `cbor: ${what}`, cause);
}
