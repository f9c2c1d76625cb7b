import { Buffer } from "node:buffer";
import { decodeGoString, encodeGoString } from "../value/go-string.ts";
import { CallError } from "./call-error.ts";

/** Standard base64 and base32 with padding. Source: Go's encoding/base64 and encoding/base32. */

/** Base64 of a text's bytes. */
export function encodeBase64(text: string): string {
  return Buffer.from(encodeGoString(text)).toString("base64");
}

/**
 * The bytes of base64; line breaks are skipped.
 * @throws CallError naming the byte at fault
 */
export function decodeBase64(text: string): Uint8Array {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) checkBase64(encodeGoString(text));
  return Buffer.from(text, "base64");
}

function corrupt(base: 32 | 64, at: number): CallError {
  return new CallError(`illegal base${base} data at input byte ${at}`);
}

const isBase64Digit = (byte: number): boolean => /^[A-Za-z0-9+/]$/.test(String.fromCharCode(byte));
const isBreak = (byte: number | undefined): boolean => byte === 10 || byte === 13;
const padding = 61;

/** Groups of four digits; the last may end with one or two `=`, and nothing follows it. */
function checkBase64(bytes: Uint8Array): void {
  let inGroup = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (isBase64Digit(byte)) inGroup = (inGroup + 1) % 4;
    else if (byte === padding) return checkBase64Padding(bytes, at, inGroup);
    else if (!isBreak(byte)) throw corrupt(64, at);
  }
  if (inGroup > 0) throw corrupt(64, bytes.length - inGroup);
}

function checkBase64Padding(bytes: Uint8Array, first: number, inGroup: number): void {
  if (inGroup < 2) throw corrupt(64, first);
  let at = first + 1;
  const skipBreaks = (): void => {
    while (isBreak(bytes[at])) at++;
  };
  if (inGroup === 2) {
    skipBreaks();
    if (at === bytes.length) throw corrupt(64, bytes.length);
    if (bytes[at] !== padding) throw corrupt(64, at - 1);
    at++;
  }
  skipBreaks();
  if (at < bytes.length) throw corrupt(64, at);
}

const digits32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Base32 of a text's bytes. */
export function encodeBase32(text: string): string {
  let out = "";
  let bits = 0;
  let value = 0;
  for (const byte of encodeGoString(text)) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) out += digits32[(value >> (bits - 5)) & 31];
  }
  if (bits > 0) out += digits32[(value << (5 - bits)) & 31];
  return out.padEnd(Math.ceil(out.length / 8) * 8, "=");
}

/**
 * The text of base32; line breaks are skipped.
 * @throws CallError naming the byte at fault, counted without line breaks
 */
export function decodeBase32(text: string): string {
  const bytes = encodeGoString(text).filter((byte) => !isBreak(byte));
  const digits = digitsOfBase32(bytes);
  const out: number[] = [];
  let bits = 0;
  let value = 0;
  for (const digit of digits) {
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((value >> bits) & 0xff);
  }
  return decodeGoString(Uint8Array.from(out));
}

function digitsOfBase32(bytes: Uint8Array): number[] {
  const digits: number[] = [];
  const { length } = bytes;
  for (let at = 0; at < length; at++) {
    const inGroup = digits.length % 8;
    const rest = length - at - 1;
    if (bytes[at] === padding && inGroup >= 2 && rest < 8) {
      checkBase32Padding(bytes, at, inGroup);
      return digits;
    }
    const digit = digits32.indexOf(String.fromCharCode(bytes[at] as number));
    if (digit < 0) throw corrupt(32, at);
    digits.push(digit);
  }
  if (digits.length % 8 > 0) throw corrupt(32, length - (digits.length % 8));
  return digits;
}

function checkBase32Padding(bytes: Uint8Array, first: number, inGroup: number): void {
  const rest = bytes.length - first - 1;
  if (rest + inGroup < 7) throw corrupt(32, bytes.length);
  for (let offset = 0; offset < 7 - inGroup && offset < rest; offset++) {
    if (bytes[first + 1 + offset] !== padding) throw corrupt(32, bytes.length - rest + offset - 1);
  }
  if (inGroup === 3 || inGroup === 6) throw corrupt(32, first);
}
