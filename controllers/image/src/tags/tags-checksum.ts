const modulus = 65_521;
/** So many bytes can be summed before a number grows too large to be exact in 32 bits. */
const stride = 5_552;

/**
 * What tells one set of tags from another: Adler-32, in decimal, of the JSON list of tags, last in the alphabet first. Source:
 * image-reflector-controller internal/database/badger.go.
 */
export function tagsChecksum(tags: readonly string[]): string {
  return String(adler32(Buffer.from(JSON.stringify(tags))));
}

/** Source: RFC 1950. */
export function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (let at = 0; at < bytes.length;) {
    for (const end = Math.min(at + stride, bytes.length); at < end; at++) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= modulus;
    high %= modulus;
  }
  return high * 65_536 + low;
}
