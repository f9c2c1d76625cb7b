const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const space = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;
const plain = /^[ -~]*$/;

/** Text with every white space as a blank and without what cannot be printed, as Helm keeps a chart's metadata. */
export function sanitize(text: string): string {
  if (plain.test(text)) return text;
  return Array.from(text, (char) => (space.test(char) ? " " : printable.test(char) ? char : "")).join("");
}
