/**
 * Text as Go's `fmt` prints it, because the API server's messages are made of it.
 *
 * Entry point: {@link quoteGo}.
 */
const isPrintable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const named: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};
const isPlain = /^[ !#-[\]-~]*$/;

function escapeChar(char: string): string {
  const known = named[char];
  if (known !== undefined) return known;
  if (isPrintable.test(char)) return char;
  const code = char.codePointAt(0) as number;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Text in double quotes as Go's `%q` prints it. */
export function quoteGo(text: string): string {
  return isPlain.test(text) ? `"${text}"` : `"${Array.from(text, escapeChar).join("")}"`;
}
