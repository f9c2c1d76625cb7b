import { isPrintable } from "../fmt/quote.ts";
import { encodeGoString } from "../value/go-string.ts";

const htmlEscapes: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

/** Text for HTML, as Go's `html`. */
export function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- NUL is replaced
  return text.replaceAll(/[\0"'&<>]/g, (char) => htmlEscapes[char] as string);
}

const jsEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

/** Text for a JavaScript string, as Go's `js`. */
export function escapeJs(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are escaped
  return text.replaceAll(/[\\'"<>&=\u0000-\u001f]|[^\u0000-\u007f]/gu, escapeJsCharacter);
}

function escapeJsCharacter(char: string): string {
  const known = jsEscapes[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0) as number;
  if (code < 0x20) return `\\u00${code.toString(16).toUpperCase().padStart(2, "0")}`;
  // A byte that is no character becomes U+FFFD, which can be printed as it stands.
  if (isPrintable(char) || (code >= 0xdc80 && code <= 0xdcff)) return char;
  return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Text for the query of a URL, as Go's url.QueryEscape. */
export function escapeQuery(text: string): string {
  let escaped = "";
  for (const byte of encodeGoString(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(char)) escaped += char;
    else escaped += char === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}
