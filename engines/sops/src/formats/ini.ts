import { Buffer } from "node:buffer";
import { SopsError } from "../sops-error.ts";
import { Branch, Comment, membersOf } from "../tree/tree.ts";
import type { Format } from "./format.ts";
import { parseIni } from "./parse-ini.ts";
import { scalarText } from "./scalar-text.ts";

/** Sections of keys, aligned as the library writes them that upstream uses. Source: sops 3.13 with ini.v1 1.67. */
export const iniFormat: Format = {
  name: "ini",
  metadataPlace: "section",
  parse(bytes, file) {
    return [parseIni(Buffer.from(bytes).toString("utf8"), file)];
  },
  encode(branches) {
    const sections = branches.flatMap(({ items }) => membersOf(items));
    const texts = sections.map(({ key, value }) => {
      if (value instanceof Branch) return writeSection(key, value);
      throw new SopsError(`write INI: ${JSON.stringify(key)} holds a value, want a section`);
    });
    return Buffer.from(texts.filter((text) => text !== undefined).join("\n"));
  },
};

/** The section before the first header has none, and is not written when it is empty. */
const defaultSection = "DEFAULT";

interface Line {
  key: string;
  value: string;
  comment: string | undefined;
}

function writeSection(name: string, { items }: Branch): string | undefined {
  const first = items[0];
  const heading = first instanceof Comment ? first.text : undefined;
  const lines: Line[] = [];
  for (const item of heading === undefined ? items : items.slice(1)) {
    // A key's comment stands behind it in the tree, and above it in the file.
    if (!(item instanceof Comment))
      lines.push({ key: quoteKey(item.key), value: scalarText(item.value, item.key, "ini"), comment: undefined });
    else if (lines.length > 0) (lines.at(-1) as Line).comment = item.text;
  }
  if (name === defaultSection && lines.length === 0) return undefined;
  const width = Math.max(0, ...lines.map(({ key }) => Buffer.byteLength(key)));
  return [
    ...(heading === undefined ? [] : [`${commentLines(heading)}\n`]),
    ...(name === defaultSection ? [] : [`[${name}]\n`]),
    ...lines.flatMap(({ key, value, comment }) => [
      ...(comment === undefined ? [] : [`${commentLines(comment)}\n`]),
      `${key}${" ".repeat(width - Buffer.byteLength(key))} = ${quoteValue(value)}\n`,
    ]),
  ].join("");
}

function commentLines(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => (/^[#;]/.test(line) ? `${line[0]} ${line.slice(1).trim()}` : `; ${line.trim()}`));
  return lines.join("\n");
}

function quoteKey(key: string): string {
  if (/["=:]/.test(key)) return `\`${key}\``;
  return key.includes("`") ? `"""${key}"""` : key;
}

function quoteValue(value: string): string {
  if (/[\n`]/.test(value)) return `"""${value}"""`;
  if (/[#;]/.test(value)) return `\`${value}\``;
  return value.trim() === value ? value : `"${value}"`;
}
