const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinity = /^([+-]?)inf(?:inity)?$/i;
const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/;

/**
 * A number as Go's `strconv.ParseFloat(text, 64)` reads it; undefined for what it refuses, and for `NaN`, which has no place in
 * an order.
 */
export function parseFloat64(text: string): number | undefined {
  const plain = withoutSeparators(text);
  if (plain === undefined) return undefined;
  if (decimal.test(plain)) return finite(Number(plain));
  const infinite = infinity.exec(plain);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const hex = hexadecimal.exec(plain);
  return hex ? parseHexadecimal(hex) : undefined;
}

/** Underscores stand between digits, and after `0x`. */
function withoutSeparators(text: string): string | undefined {
  if (!text.includes("_")) return text;
  const isHexadecimal = /^[+-]?0x/i.test(text);
  const rest = isHexadecimal ? text.replace(/^([+-]?0x)_/i, "$1") : text;
  const misplaced = isHexadecimal ? /(?<![0-9a-f])_|_(?![0-9a-f])/i : /(?<!\d)_|_(?!\d)/;
  return misplaced.test(rest) ? undefined : rest.replaceAll("_", "");
}

function parseHexadecimal([, sign, whole = "", fraction = "", exponent]: RegExpExecArray): number | undefined {
  const digits = whole + fraction;
  if (digits === "") return undefined;
  return finite((sign === "-" ? -1 : 1) * Number(`0x${digits}`) * 2 ** (Number(exponent) - fraction.length * 4));
}

/** Go refuses what is out of range. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
