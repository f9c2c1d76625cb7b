import { Buffer } from "node:buffer";
import { signatureError } from "../signature-error.ts";

const openPgpBlob = 2;
const ephemeral = 0x0002;
const smallestBlob = 5;
const openPgpHeader = 16;

/**
 * The OpenPGP packets of a keybox, one key behind the other; what GnuPG itself passes over is left out.
 * Source: GnuPG `kbx/keybox-blob.c`.
 * @throws EddyError SIGNATURE_KEY (terminal) for a file that is cut off or points outside of itself.
 */
export function keyboxKeys(bytes: Uint8Array): Uint8Array {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Buffer[] = [];
  for (let offset = 0; offset < data.length;) {
    if (data.length - offset < smallestBlob) throw invalid(`truncated blob header at offset ${offset}`);
    const length = data.readUInt32BE(offset);
    if (length < smallestBlob) throw invalid(`invalid blob length ${length} at offset ${offset}`);
    if (length > data.length - offset)
      throw invalid(
        `blob at offset ${offset} has length ${length} exceeding the ${data.length - offset} remaining bytes`,
      );
    const block = keyBlock(data.subarray(offset, offset + length), offset);
    if (block) blocks.push(block);
    offset += length;
  }
  if (blocks.length === 0) throw invalid("keybox contains no OpenPGP keys");
  return Buffer.concat(blocks);
}

function keyBlock(blob: Buffer, offset: number): Buffer | undefined {
  if (blob[4] !== openPgpBlob) return undefined;
  if (blob.length < openPgpHeader) throw invalid(`OpenPGP blob at offset ${offset} is too short`);
  const [start, size] = [blob.readUInt32BE(8), blob.readUInt32BE(12)];
  if (start + size > blob.length) throw invalid(`OpenPGP blob at offset ${offset} has an out-of-range keyblock`);
  return (blob.readUInt16BE(6) & ephemeral) === 0 ? blob.subarray(start, start + size) : undefined;
}

function invalid(message: string): Error {
  return signatureError("SIGNATURE_KEY", `reading keybox: ${message}`);
}
