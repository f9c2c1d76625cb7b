import { Buffer } from "node:buffer";
import { SopsError } from "../sops-error.ts";
import { Branch, Comment, membersOf, Timestamp, type TreeValue } from "../tree/tree.ts";
import type { EncodeOptions, Format } from "./format.ts";
import { parseJson } from "./parse-json.ts";

/** JSON in the order of the file, indented with tabs. Source: sops 3.13, stores/json. */
export const jsonFormat: Format = {
  name: "json",
  metadataPlace: "nested",
  parse(bytes, file) {
    return [parseJson(Buffer.from(bytes).toString("utf8"), file)];
  },
  encode: encodeJson,
};

/** Any file: while it is encrypted, JSON with the bytes behind `data`. */
export const binaryFormat: Format = {
  name: "binary",
  metadataPlace: "nested",
  parse(bytes) {
    const text = Buffer.from(bytes).toString("utf8");
    return [new Branch([{ key: "data", value: Buffer.from(text).equals(bytes) ? text : bytes }])];
  },
  encode(branches) {
    for (const item of branches[0]?.items ?? []) {
      if (item instanceof Comment || item.key !== "data") continue;
      if (typeof item.value === "string") return Buffer.from(item.value);
      if (item.value instanceof Uint8Array) return item.value;
    }
    throw new SopsError('write the file: no binary data found: want text behind "data"');
  },
  parseEncrypted(bytes, file) {
    return jsonFormat.parse(bytes, file);
  },
  encodeEncrypted: encodeJson,
};

function encodeJson(branches: readonly Branch[], { indent }: EncodeOptions = {}): Uint8Array {
  const step = indent === undefined ? "\t" : " ".repeat(indent);
  return Buffer.from(`${write(branches[0] ?? new Branch(), step, "\n")}\n`);
}

function write(value: TreeValue, step: string, lineBreak: string): string {
  const deeper = lineBreak + step;
  if (value instanceof Branch) {
    const texts = membersOf(value.items).map((item) => `${quote(item.key)}: ${write(item.value, step, deeper)}`);
    return texts.length === 0 ? "{}" : `{${deeper}${texts.join(`,${deeper}`)}${lineBreak}}`;
  }
  if (Array.isArray(value)) {
    const texts = value.filter((item) => !(item instanceof Comment)).map((item) => write(item, step, deeper));
    return texts.length === 0 ? "[]" : `[${deeper}${texts.join(`,${deeper}`)}${lineBreak}]`;
  }
  if (value instanceof Timestamp) return quote(value.text);
  if (value instanceof Comment || value === null) return "null";
  if (value instanceof Uint8Array)
    throw new SopsError("write JSON: a value is no UTF-8 text, and the rules leave it unencrypted");
  return typeof value === "string" ? quote(value) : typeof value === "number" ? writeFloat(value) : String(value);
}

/** A float as Go's encoding/json writes it, which but for the negative zero is how JavaScript does. */
function writeFloat(value: number): string {
  if (!Number.isFinite(value)) throw new SopsError(`write JSON: unsupported value: ${value}`);
  return Object.is(value, -0) ? "-0" : String(value);
}

const escaped: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/[<>&\u2028\u2029]/g, (character) => escaped[character] ?? character);
}
