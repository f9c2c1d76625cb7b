/** What a class of Unicode costs more than a character: its table has hundreds of ranges. */
const unicodeClass = 500;

/**
 * How many instructions RE2 makes of a pattern, about and rather too many: known before it makes them, for `(a{1000})` repeated a
 * hundred times takes seconds. Counts repetitions as they nest; classes and quoted text by the rules of RE2's syntax.
 */
export function patternSize(pattern: string): number {
  const outer: number[] = [];
  let sum = 0;
  let last = 0;
  const token =
    /\\Q[\s\S]*?(?:\\E|$)|\\[pP](?:\{[^}]*\}?)?|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]?|\{(\d+)(?:,(\d*))?\}|[\s\S]/gy;
  for (const [text, least, most] of pattern.matchAll(token)) {
    if (least !== undefined) {
      const times = Math.max(Number(least), Number(most ?? 0), 1);
      sum += last * (times - 1);
      last *= times;
    } else if (text === "(") {
      outer.push(sum);
      sum = 0;
    } else {
      last = text === ")" ? sum + 2 : sizeOf(text);
      sum = text === ")" ? (outer.pop() ?? 0) + last : sum + last;
    }
  }
  return sum + outer.reduce((total, size) => total + size, 0);
}

function sizeOf(token: string): number {
  if (token.startsWith("\\Q")) return token.length;
  const classes = token.match(/\\[pP]/g)?.length ?? 0;
  return 1 + classes * unicodeClass + token.length / 10;
}
