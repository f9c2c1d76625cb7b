type Spend = (comparisons: number) => void;

/** The pattern is none, such as `[a`. */
export class BadPattern extends Error {}

const star = 0x2a;
const question = 0x3f;
const backslash = 0x5c;
const open = 0x5b;
const close = 0x5d;
const caret = 0x5e;
const dash = 0x2d;

/**
 * Whether a shell pattern matches the whole of a text, both as UTF-8: `*` takes anything (also `/`), `?` one character,
 * `[a-z]` and `[^a]` one of a class, `\` the next character as it is. A `*` takes as little as it can and never comes back, as
 * in the fork of Go's `path.Match` that upstream uses.
 * What it compares it tells `spend`, which may throw.
 * @throws BadPattern
 */
export function matchGlob(pattern: Uint8Array, text: Uint8Array, spend: Spend): boolean {
  let rest = text;
  for (let at = 0; at < pattern.length;) {
    const chunk = nextChunk(pattern, at);
    at = chunk.end;
    const isLast = at >= pattern.length;
    if (chunk.star && chunk.pattern.length === 0) return true;
    const found = placeChunk(chunk, rest, isLast, spend);
    if (found === undefined) return false;
    rest = found;
  }
  return rest.length === 0;
}

interface Chunk {
  star: boolean;
  pattern: Uint8Array;
  end: number;
}

function placeChunk(
  { star: floats, pattern }: Chunk,
  text: Uint8Array,
  isLast: boolean,
  spend: Spend,
): Uint8Array | undefined {
  const fits = (rest: Uint8Array | undefined): boolean => rest !== undefined && (rest.length === 0 || !isLast);
  const mostSkipped = floats ? text.length : 0;
  for (let skipped = 0; skipped <= mostSkipped; skipped++) {
    const rest = matchChunk(pattern, text.subarray(skipped), spend);
    if (fits(rest)) return rest;
  }
  return undefined;
}

function nextChunk(pattern: Uint8Array, from: number): Chunk {
  let start = from;
  while (pattern[start] === star) start++;
  let inClass = false;
  let end = start;
  for (; end < pattern.length; end++) {
    const code = pattern[end];
    if (code === backslash) end += end + 1 < pattern.length ? 1 : 0;
    else if (code === open) inClass = true;
    else if (code === close) inClass = false;
    else if (code === star && !inClass) break;
  }
  return { star: start > from, pattern: pattern.subarray(start, end), end };
}

/** What is left of a text behind a chunk that matches its start, or undefined. */
function matchChunk(chunk: Uint8Array, text: Uint8Array, spend: Spend): Uint8Array | undefined {
  // Cutting the text costs more than comparing a character of it.
  spend(16);
  let at = 0;
  let place = 0;
  while (at < chunk.length) {
    if (place >= text.length) return undefined;
    const code = chunk[at];
    spend(1);
    if (code === open) {
      const { rune, width } = decodeRune(text, place);
      const { end, matches } = matchClass(chunk, at + 1, rune);
      if (!matches) return undefined;
      spend(end - at);
      at = end;
      place += width;
    } else if (code === question) {
      place += decodeRune(text, place).width;
      at++;
    } else {
      if (code === backslash && ++at >= chunk.length) throw new BadPattern();
      if (chunk[at++] !== text[place++]) return undefined;
    }
  }
  return text.subarray(place);
}

function matchClass(chunk: Uint8Array, from: number, rune: number): { end: number; matches: boolean } {
  let at = from;
  const negated = chunk[at] === caret;
  if (negated) at++;
  let found = false;
  for (let ranges = 0; ; ranges++) {
    if (chunk[at] === close && ranges > 0) return { end: at + 1, matches: found !== negated };
    const low = classChar(chunk, at);
    at = low.end;
    let high = low.rune;
    if (chunk[at] === dash) ({ rune: high, end: at } = classChar(chunk, at + 1));
    found ||= low.rune <= rune && rune <= high;
  }
}

function classChar(chunk: Uint8Array, from: number): { rune: number; end: number } {
  const code = chunk[from];
  if (code === undefined || code === dash || code === close) throw new BadPattern();
  const at = code === backslash ? from + 1 : from;
  if (at >= chunk.length) throw new BadPattern();
  const { rune, width } = decodeRune(chunk, at);
  if ((rune === 0xfffd && width === 1) || at + width >= chunk.length) throw new BadPattern();
  return { rune, end: at + width };
}

/** The character at a place; U+FFFD of one byte where there is none. */
function decodeRune(text: Uint8Array, at: number): { rune: number; width: number } {
  const first = text[at] ?? 0;
  if (first < 0x80) return { rune: first, width: 1 };
  const width = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  let rune = first & (0xff >> (width + 1));
  for (let offset = 1; offset < width; offset++) {
    const next = text[at + offset] ?? 0;
    if ((next & 0xc0) !== 0x80) return { rune: 0xfffd, width: 1 };
    rune = (rune << 6) | (next & 0x3f);
  }
  return first < 0xc0 ? { rune: 0xfffd, width: 1 } : { rune, width };
}
