import { Buffer } from "node:buffer";
import { SshKeyError } from "./ssh-key-error.ts";

/** A string as SSH's wire format has it: four bytes of length, then the bytes. Source: RFC 4251, section 5. */
export function sshString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads values of SSH's wire format one after another. Its methods throw {@link SshKeyError} past the end. */
export class SshReader {
  private readonly bytes: Buffer;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes);
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString("utf8");
  }

  take(size: number): Buffer {
    if (this.offset + size > this.bytes.length) throw new SshKeyError("read SSH key: it ends too early");
    this.offset += size;
    return this.bytes.subarray(this.offset - size, this.offset);
  }

  get isAtEnd(): boolean {
    return this.offset === this.bytes.length;
  }
}
