import { load } from "@eddy/goyaml";
import type { ScalarSpan } from "./scalar-span.ts";

const special = /[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ud800-\udfff\ue000-\ufefe\uff00-\ufffd]/;

/** How a text stands in the place of a scalar: in its own style, unless the text would not be read as this text there. */
export function writeScalar(value: string, form: ScalarSpan["form"], inFlow: boolean): string | undefined {
  if (!value.isWellFormed()) return undefined;
  if (form === "double") return doubleQuoted(value);
  if (form === "single") return special.test(value) ? doubleQuoted(value) : `'${value.replaceAll("'", "''")}'`;
  if (form === "line") return special.test(value) || value.trim() !== value || value === "" ? undefined : value;
  return isPlainText(value, inFlow) ? value : doubleQuoted(value);
}

/** In double quotes, with everything escaped that could be misread. */
export function doubleQuoted(value: string): string {
  const escaped = value.replaceAll(/["\\]/g, "\\$&").replaceAll(new RegExp(special, "g"), (char) => {
    const code = char.charCodeAt(0);
    return named[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
  return `"${escaped}"`;
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0" };

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** Whether a text without quotes is read as this text, by YAML 1.1 too: `1.10`, `on` and `~` are not. */
export function isPlainText(value: string, inFlow: boolean): boolean {
  if (value === "" || special.test(value) || value.trim() !== value) return false;
  try {
    const read = load(inFlow ? `{k: ${value}}` : `k: ${value}`) as { k?: unknown } | null;
    return read?.k === value && (!inFlow || Object.keys(read).length === 1);
  } catch {
    return false;
  }
}
