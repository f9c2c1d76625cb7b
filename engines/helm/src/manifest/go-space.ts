const spaces = new Set(
  Array.from("\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a").concat(
    Array.from("\u2028\u2029\u202f\u205f\u3000"),
  ),
);

/** The text without white space at its start, as Go's `unicode.IsSpace` sees it: not quite JavaScript's `trimStart`. */
export function trimSpaceStart(text: string): string {
  let start = 0;
  while (start < text.length && spaces.has(text[start] as string)) start++;
  return start === 0 ? text : text.slice(start);
}

/** The text without white space at both ends: Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && spaces.has(text[end - 1] as string)) end--;
  return trimSpaceStart(end === text.length ? text : text.slice(0, end));
}

/** Whether there is nothing but white space. */
export function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!spaces.has(text[at] as string)) return false;
  }
  return true;
}
