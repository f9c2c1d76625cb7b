/**
 * Text that a terminal shows and does not obey: control characters, escape sequences and direction overrides of names and
 * messages are written out, `\x1b`. Tabs become spaces; line feeds stay unless `oneLine`.
 */
export function neutralise(text: string, options: { oneLine?: boolean } = {}): string {
  return text.replace(unsafe, (char) => {
    if (char === "\n" && !options.oneLine) return char;
    if (char === "\t" || char === "\n") return " ";
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

// C0, DEL and C1 controls; marks, embeddings, overrides and isolates of direction; separators of lines and paragraphs.
// oxlint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;
