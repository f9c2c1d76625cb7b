/**
 * Characters off the ends of a text, as Go's `strings.Trim` and kin take them, in linear time: `/x+$/` tries every run of a long text
 * anew, which is quadratic. Texts of a single kind of end that JavaScript knows (`trimEnd`) need none of this.
 *
 * Entry points: {@link trimRight}, {@link trim}, {@link trimSpace}.
 */

// Go's unicode.IsSpace: JavaScript's blanks and U+0085, without U+FEFF.
const spaces =
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

/** The text without the characters of the set at its end; the set has characters of one UTF-16 unit. */
export function trimRight(text: string, set: string): string {
  return text.slice(0, endWithout(text, set, 0));
}

/** The text without the characters of the set at both ends. */
export function trim(text: string, set: string): string {
  let start = 0;
  while (start < text.length && set.includes(text.charAt(start))) start++;
  return text.slice(start, endWithout(text, set, start));
}

/** The text without what is white space to Go at both ends. */
export function trimSpace(text: string): string {
  return trim(text, spaces);
}

function endWithout(text: string, set: string, start: number): number {
  let end = text.length;
  while (end > start && set.includes(text.charAt(end - 1))) end--;
  return end;
}
