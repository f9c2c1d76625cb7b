/**
 * Parts of a text between separators: all with a negative count, else so many at most, the last with what is left. An empty separator
 * splits between characters; a count of 0 gives none. Source: Go's strings.SplitN.
 */
export function splitText(text: string, separator: string, count: number): string[] {
  if (count === 0) return [];
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}
