import { Buffer } from "node:buffer";
import { type Leaf, Timestamp } from "./tree.ts";

/** A float without exponent and with the fewest digits that tell it apart: Go's `FormatFloat(v, 'f', -1, 64)`. */
export function formatFixedFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** What of a leaf goes into the message authentication code. Source: sops 3.13, `ToBytes`. */
export function leafBytes(leaf: Leaf): Uint8Array {
  if (leaf instanceof Uint8Array) return leaf;
  if (leaf instanceof Timestamp) return Buffer.from(leaf.text);
  if (typeof leaf === "boolean") return Buffer.from(leaf ? "True" : "False");
  if (typeof leaf === "number") return Buffer.from(formatFixedFloat(leaf));
  return Buffer.from(String(leaf));
}
