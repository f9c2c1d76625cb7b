/** Go's strconv.FormatFloat of float64. */

/** Digits of a number 0.d1d2d3… × 10^point, without trailing zeros where they were not asked for. */
interface Decimal {
  digits: string;
  point: number;
}

/** How a float is printed: Go's format letters. */
export type FloatFormat = "e" | "E" | "f" | "g" | "G" | "b" | "x" | "X";

/**
 * A float64 as Go prints it. `precision` is digits after the point for e and f, significant digits for g, hexadecimal digits
 * for x; −1 is the fewest that read back as the same number.
 */
export function formatFloat(value: number, format: FloatFormat, precision: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (format === "b") return sign + formatBinary(size);
  if (format === "x" || format === "X") return sign + formatHex(size, format, precision);
  return sign + formatDecimal(size, format, precision);
}

function formatDecimal(size: number, format: "e" | "E" | "f" | "g" | "G", precision: number): string {
  const isShortest = precision < 0;
  const decimal = isShortest ? shortestDecimal(size) : roundedDecimal(size, format, precision);
  const { digits, point } = decimal;
  if (format === "f") return fixed(decimal, isShortest ? Math.max(digits.length - point, 0) : precision);
  if (format === "e" || format === "E") return exponential(decimal, isShortest ? digits.length - 1 : precision, format);
  return general(decimal, format, precision, isShortest);
}

function general(decimal: Decimal, format: "g" | "G", precision: number, isShortest: boolean): string {
  const { digits, point } = decimal;
  const wanted = precision === 0 ? 1 : precision;
  const limit = isShortest ? 6 : wanted > digits.length && digits.length >= point ? digits.length : wanted;
  const exponent = point - 1;
  if (exponent < -4 || exponent >= limit) {
    const count = isShortest ? digits.length : Math.min(wanted, digits.length);
    return exponential(decimal, Math.max(count - 1, 0), format === "g" ? "e" : "E");
  }
  return fixed(decimal, Math.max(digits.length - point, 0));
}

function exponential({ digits, point }: Decimal, precision: number, letter: "e" | "E"): string {
  const first = digits[0] ?? "0";
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, "0")}` : "";
  const exponent = digits === "" ? 0 : point - 1;
  return `${first}${fraction}${letter}${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function fixed({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision <= 0) return whole;
  const fraction = point > 0 ? digits.slice(point) : "0".repeat(Math.min(-point, precision)) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, "0")}`;
}

/** The fewest digits that read back as the number: JavaScript prints those too. */
function shortestDecimal(size: number): Decimal {
  if (size === 0) return { digits: "", point: 0 };
  const [mantissa = "", exponent = "0"] = size.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

function roundedDecimal(size: number, format: "e" | "E" | "f" | "g" | "G", precision: number): Decimal {
  if (size === 0) return { digits: "", point: 0 };
  const exact = exactDecimal(size);
  const kept =
    format === "f" ? exact.point + precision : format === "e" || format === "E" ? precision + 1 : precision || 1;
  return roundDecimal(exact, kept);
}

/** Every digit of a float: m × 2^e is m × 5^-e × 10^e for a negative e. */
function exactDecimal(size: number): Decimal {
  const { mantissa, exponent } = partsOf(size);
  const shift = BigInt(Math.abs(exponent));
  const whole = exponent >= 0 ? mantissa << shift : mantissa * 5n ** shift;
  const digits = whole.toString();
  return { digits: digits.replace(/0+$/, ""), point: digits.length + Math.min(exponent, 0) };
}

/** Half goes to the even digit, as in Go. */
function roundDecimal({ digits, point }: Decimal, kept: number): Decimal {
  if (kept < 0) return { digits: "", point: 0 };
  if (kept >= digits.length) return { digits, point };
  const head = digits.slice(0, kept);
  const rest = digits.slice(kept);
  const isUp = rest > "5" || (rest === "5" && Number(head.at(-1) ?? 0) % 2 === 1);
  if (!isUp) return withoutZeros(head, point);
  const raised = (BigInt(`0${head}`) + 1n).toString().padStart(kept, "0");
  return withoutZeros(raised, point + raised.length - kept);
}

function withoutZeros(digits: string, point: number): Decimal {
  const trimmed = digits.replace(/0+$/, "");
  return { digits: trimmed, point: trimmed === "" ? 0 : point };
}

const view = new DataView(new ArrayBuffer(8));

/** size = mantissa × 2^exponent with an integer mantissa below 2^53. */
function partsOf(size: number): { mantissa: bigint; exponent: number } {
  view.setFloat64(0, size);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n) & 0x7ff;
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10_0000_0000_0000n, exponent: biased - 1075 };
}

function formatBinary(size: number): string {
  const { mantissa, exponent } = partsOf(size);
  return `${mantissa}p${exponent < 0 ? "" : "+"}${exponent}`;
}

function formatHex(size: number, format: "x" | "X", precision: number): string {
  const { mantissa, exponent } = partsOf(size);
  let fraction = mantissa;
  let power = size === 0 ? 0 : exponent + 52;
  // The leading digit is always 1: numbers below the normal range move up.
  while (fraction !== 0n && fraction < 1n << 52n) {
    fraction <<= 1n;
    power--;
  }
  if (precision >= 0 && precision < 13) {
    fraction = roundHex(fraction, BigInt(52 - 4 * precision));
    if (fraction >= 1n << 53n) {
      fraction >>= 1n;
      power++;
    }
  }
  const digits = (fraction & ((1n << 52n) - 1n)).toString(16).padStart(13, "0");
  const shown = precision < 0 ? digits.replace(/0+$/, "") : digits.slice(0, precision).padEnd(precision, "0");
  const text = `0x${fraction >> 52n}${shown === "" ? "" : `.${shown}`}p${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  return format === "X" ? text.toUpperCase() : text;
}

function roundHex(value: bigint, drop: bigint): bigint {
  const floor = value >> drop;
  const rest = value - (floor << drop);
  const half = 1n << (drop - 1n);
  const isUp = rest > half || (rest === half && (floor & 1n) === 1n);
  return (isUp ? floor + 1n : floor) << drop;
}
