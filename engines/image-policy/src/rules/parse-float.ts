const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinity = /^([+-]?)inf(?:inity)?$/i;
const hexadecimal = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?\d+)$/;

/**
 * A number as Go's `strconv.ParseFloat(text, 64)` reads it; undefined for what it refuses, and for `NaN`, which has no place in
 * an order.
 */
export function parseFloat64(text: string): number | undefined {
  if (decimal.test(text)) return finite(Number(text));
  const infinite = infinity.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const hex = hexadecimal.exec(text);
  return hex ? parseHexadecimal(hex) : undefined;
}

function parseHexadecimal([, sign, whole = "", fraction = "", exponent]: RegExpExecArray): number | undefined {
  const digits = `${whole}${fraction}`.replaceAll("_", "");
  if (digits === "" || /__|_$|^_/.test(`${whole}`) || fraction.includes("_")) return undefined;
  const places = fraction.length * 4;
  return finite((sign === "-" ? -1 : 1) * Number(`0x${digits}`) * 2 ** (Number(exponent) - places));
}

/** Go refuses what is out of range. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
