/**
 * The same bytes in memory of their own; `data` itself where it has that already. For what is kept: small Buffers are pieces of a pool
 * of 64 KiB (`Buffer.poolSize`), as is what zlib answers, and a hundred bytes that are kept would hold all of it.
 */
export function ownBytes(data: Buffer): Buffer {
  if (data.buffer.byteLength === data.length) return data;
  const own = Buffer.allocUnsafeSlow(data.length);
  data.copy(own);
  return own;
}
