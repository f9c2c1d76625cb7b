import { Buffer } from "node:buffer";
import { SopsError } from "../sops-error.ts";
import { Branch, Comment, Timestamp, type TreeValue } from "../tree/tree.ts";
import { formatFixedFloat } from "../tree/leaf-bytes.ts";

/** A single value as a line-based format has it. @throws SopsError for mappings and sequences */
export function scalarText(value: TreeValue, key: string, format: string): string {
  if (value instanceof Branch || Array.isArray(value)) {
    throw new SopsError(`write ${format}: cannot use complex value in ${format} file; offending key ${key}`);
  }
  if (value === null) return "<nil>";
  if (value instanceof Timestamp || value instanceof Comment) return value.text;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  return typeof value === "number" ? floatText(value) : String(value);
}

/** With a point or an exponent, so that it reads as a float again. */
function floatText(value: number): string {
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (value !== 0 && (exponent < -4 || exponent >= 21)) {
    return String(value)
      .toUpperCase()
      .replace(/E([+-])(\d)$/, "E$10$2");
  }
  const text = formatFixedFloat(value);
  return /[.NI]/.test(text) ? text : `${text}.0`;
}
