const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;

/**
 * Orders keys as go-yaml does: other signs before digits before letters, letters by code point, digits by their number. In v3,
 * letters come first behind a digit (`1h` < `10`).
 */
function compareNatural(left: string, right: string, version: 2 | 3): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  let index = 0;
  while (index < length && left.charCodeAt(index) === right.charCodeAt(index)) index++;
  if (index === length) return left.length - right.length;
  // The second half of a pair differs where the code points do.
  if (isLowSurrogate(left.charCodeAt(index)) && isLowSurrogate(right.charCodeAt(index))) index--;
  return compareAt(left, right, index, version);
}

/**
 * Sorts keys in place in natural order. The order contradicts itself (`0777` < `0x1` < `1e3` < `0777`), so that the result hangs
 * on the way of sorting: this is what Go most often does, whichever order the keys came in.
 */
export function sortNatural(keys: string[], version: 2 | 3 = 2): void {
  keys.sort();
  if (keys.length > 12) keys.sort((left, right) => compareNatural(left, right, version));
  else for (let index = 1; index < keys.length; index++) insertAt(keys, index, version);
}

function insertAt(keys: string[], from: number, version: 2 | 3): void {
  for (let index = from; index > 0; index--) {
    const [before, key] = [keys[index - 1] as string, keys[index] as string];
    if (compareNatural(key, before, version) >= 0) return;
    keys[index - 1] = key;
    keys[index] = before;
  }
}

function compareAt(left: string, right: string, index: number, version: 2 | 3): number {
  const a = left.codePointAt(index) as number;
  const b = right.codePointAt(index) as number;
  const aLetter = isLetter(a);
  const bLetter = isLetter(b);
  if (aLetter && bLetter) return a - b;
  const isFirst = version === 3 && index > 0 && isDigitChar(left.charCodeAt(index - 1));
  if (aLetter || bLetter) return aLetter === isFirst ? -1 : 1;
  const zeros = (a === 0x30 || b === 0x30) && followsNumber(left, index);
  const x = readNumber(left, index, zeros);
  const y = readNumber(right, index, zeros);
  if (x.value !== y.value) return x.value < y.value ? -1 : 1;
  return x.length === y.length ? a - b : x.length - y.length;
}

/** Whether the digits in front are more than zeros, so that a zero here counts. */
function followsNumber(text: string, index: number): boolean {
  for (let before = index - 1; before >= 0 && isDigitChar(text.charCodeAt(before)); before--) {
    if (text.charCodeAt(before) !== 0x30) return true;
  }
  return false;
}

function readNumber(text: string, from: number, leadingOne: boolean): { value: bigint; length: number } {
  let value = leadingOne ? 1n : 0n;
  let index = from;
  for (; index < text.length && isDigitChar(text.charCodeAt(index)); index++) {
    // Upstream's 64 bits overflow silently.
    value = BigInt.asIntN(64, value * 10n + BigInt(text.charCodeAt(index) - 0x30));
  }
  return { value, length: index - from };
}

function isLetter(code: number): boolean {
  if (code >= 128) return letter.test(String.fromCodePoint(code));
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isDigitChar(code: number): boolean {
  return code < 128 ? code >= 0x30 && code <= 0x39 : digit.test(String.fromCharCode(code));
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
