import { Buffer } from "node:buffer";

/** Writes DER, the binary form of ASN.1. Source: X.690. */

function lengthOf(count: number): number[] {
  if (count < 0x80) return [count];
  const bytes: number[] = [];
  for (let left = count; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** A tag with its content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Uint8Array.from([tag, ...lengthOf(body.length)]), body]);
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return element(0x30, ...items);
}

export function set(...items: readonly Uint8Array[]): Buffer {
  return element(0x31, ...items);
}

/** An unsigned number. */
export function unsigned(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return (bytes[0] as number) < 0x80 ? element(2, bytes) : element(2, Uint8Array.of(0), bytes);
}

export function octets(bytes: Uint8Array): Buffer {
  return element(4, bytes);
}

/** Bits in whole bytes, of which the last may have some unused. */
export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return element(3, Uint8Array.of(unused), bytes);
}

export const derNull: Buffer = element(5);

/** `1.2.840.113549.1.1.11`. */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80);
    return groups;
  });
  return element(6, Uint8Array.from(bytes));
}

export const derTrue: Buffer = element(1, Uint8Array.of(0xff));

/** A text as Go's encoding/asn1 chooses its type: printable characters without `*` and `&`, else UTF-8. */
export function text(value: string): Buffer {
  return element(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? 0x13 : 0x0c, Buffer.from(value, "utf8"));
}

/** An instant in whole seconds: UTCTime from 1950 to 2049, else GeneralizedTime. */
export function time(digits: string, year: number): Buffer {
  const isShort = year >= 1950 && year < 2050;
  return element(isShort ? 0x17 : 0x18, Buffer.from(`${isShort ? digits.slice(2) : digits}Z`));
}
