/** Writes ASN.1 in DER: the few types that an X.509 certificate needs. Source: X.690. */

const tagged = (tag: number, content: Uint8Array): Buffer => {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
};

/** SEQUENCE of encoded members. */
export const sequence = (...members: Uint8Array[]): Buffer => tagged(0x30, Buffer.concat(members));

/** SET of encoded members. */
export const set = (...members: Uint8Array[]): Buffer => tagged(0x31, Buffer.concat(members));

/** A positive INTEGER from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes[0] ?? 0;
  return tagged(0x02, first & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** BOOLEAN TRUE. */
export const yes: Buffer = Buffer.from([0x01, 0x01, 0xff]);

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

/** UTF8String. */
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));

/** OCTET STRING. */
export const octets = (content: Uint8Array): Buffer => tagged(0x04, content);

/** BIT STRING, with this many unused bits at the end. */
export const bits = (content: Uint8Array, unused: number = 0): Buffer =>
  tagged(0x03, Buffer.concat([Buffer.from([unused]), content]));

/** UTCTime before 2050, GeneralizedTime from then on, as X.509 asks. */
export function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]/g, "").slice(0, 14);
  return digits < "2050" ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`)) : tagged(0x18, Buffer.from(`${digits}Z`));
}

/** A context-specific tag around encoded content. */
export const explicit = (number: number, content: Uint8Array): Buffer => tagged(0xa0 | number, content);

/** A context-specific tag in place of the primitive's own. */
export const implicit = (number: number, content: Uint8Array): Buffer => tagged(0x80 | number, content);
