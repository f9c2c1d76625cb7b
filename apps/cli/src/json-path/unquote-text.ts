const simple: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};
const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))/gsu;

/** A quoted text without its quotes, escapes read as Go reads them. @throws Error for an escape that there is not. */
export function unquoteText(quoted: string): string {
  const quote = quoted[0];
  return quoted.slice(1, -1).replace(escape, (_, byte, short, long, octal, char: string | undefined) => {
    const code = (byte ?? short ?? long) as string | undefined;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal as string, 8));
    const text = char === quote ? char : simple[char ?? ""];
    if (text === undefined) throw new Error(`unquote string ${quoted} error invalid syntax`);
    return text;
  });
}
