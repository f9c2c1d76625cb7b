/** Keys of TOML tables in parts. Source: BurntSushi/toml 1.6. */

// oxlint-disable-next-line no-control-regex -- control characters are what is escaped
const escapable = /["\\\u0000-\u001f\u007f]/g;
const named: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

/** A text in double quotes. */
export function quoteToml(text: string): string {
  const escaped = text.replace(
    escapable,
    (char) => named[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** One part, quoted where it must be. */
export function formatKeyPart(part: string): string {
  return /^[A-Za-z0-9_-]+$/.test(part) ? part : quoteToml(part);
}

/** `a."b c".d`. */
export function formatKey(parts: readonly string[]): string {
  return parts.map(formatKeyPart).join(".");
}
