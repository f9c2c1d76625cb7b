/**
 * Resource quantities (`100m`, `1Gi`, `1e3`) as Kubernetes reads, compares and writes them.
 *
 * Not a unit converter. Entry points: {@link parseQuantity}, {@link formatQuantity}, {@link compareQuantity}.
 */

/** How a quantity was written, and is written again. */
export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

/** An exact quantity: `unscaled` × 10^`exponent`. */
export interface Quantity {
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

const decimalSuffixes: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const maxLength = 256;
const maxExponent = 1_000;
const smallest = -9;
const maxValue = 2n ** 63n - 1n;

/**
 * Reads a quantity, or returns undefined where it is none. Finer than a nano is rounded away from zero, and more than 2^63-1 is
 * that, as apimachinery `resource.ParseQuantity` does it.
 */
export function parseQuantity(text: string): Quantity | undefined {
  const parts = text.length > maxLength ? null : /^([+-]?)(\d*)(?:\.(\d*))?([a-zA-Z]*)([+-]?\d*)$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", letters = "", digits = ""] = parts;
  if (whole === "" && fraction === "") return undefined;
  const unit = parseSuffix(letters, digits);
  if (unit === undefined) return undefined;
  const magnitude = BigInt(whole + fraction) * 1024n ** BigInt(unit.binary);
  const unscaled = sign === "-" ? -magnitude : magnitude;
  return bounded({ unscaled, exponent: unit.decimal - fraction.length, format: unit.format });
}

interface Unit {
  decimal: number;
  binary: number;
  format: QuantityFormat;
}

function parseSuffix(letters: string, digits: string): Unit | undefined {
  if (digits !== "") {
    const exponent = Number(digits);
    const isExponent = (letters === "e" || letters === "E") && /\d/.test(digits) && Math.abs(exponent) <= maxExponent;
    return isExponent ? { decimal: exponent, binary: 0, format: "DecimalExponent" } : undefined;
  }
  if (Object.hasOwn(binarySuffixes, letters))
    return { decimal: 0, binary: binarySuffixes[letters] as number, format: "BinarySI" };
  if (Object.hasOwn(decimalSuffixes, letters))
    return { decimal: decimalSuffixes[letters] as number, binary: 0, format: "DecimalSI" };
  return undefined;
}

function bounded(quantity: Quantity): Quantity {
  const rounded = quantity.exponent < smallest ? roundUp(quantity, smallest) : quantity;
  const { unscaled, exponent, format } = rounded;
  const whole = exponent >= 0 ? unscaled * 10n ** BigInt(exponent) : unscaled / 10n ** BigInt(-exponent);
  if (whole > maxValue) return { unscaled: maxValue, exponent: 0, format };
  return whole < -maxValue ? { unscaled: -maxValue, exponent: 0, format } : rounded;
}

/** Rounds away from zero to a coarser exponent. */
function roundUp({ unscaled, exponent, format }: Quantity, coarser: number): Quantity {
  const divisor = 10n ** BigInt(coarser - exponent);
  const remainder = unscaled % divisor;
  const step = remainder === 0n ? 0n : unscaled < 0n ? -1n : 1n;
  return { unscaled: unscaled / divisor + step, exponent: coarser, format };
}

/** -1, 0 or 1 as the left quantity is less, equal or more. */
export function compareQuantity(left: Quantity, right: Quantity): number {
  const [a, b] = aligned(left, right);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function aligned(left: Quantity, right: Quantity): [bigint, bigint] {
  const exponent = Math.min(left.exponent, right.exponent);
  return [
    left.unscaled * 10n ** BigInt(left.exponent - exponent),
    right.unscaled * 10n ** BigInt(right.exponent - exponent),
  ];
}

/** The sum, in the left quantity's format. */
export function addQuantity(left: Quantity, right: Quantity): Quantity {
  const [a, b] = aligned(left, right);
  return { unscaled: a + b, exponent: Math.min(left.exponent, right.exponent), format: left.format };
}

/** The quantity with the other sign. */
export function negateQuantity({ unscaled, exponent, format }: Quantity): Quantity {
  return { unscaled: -unscaled, exponent, format };
}

/** The whole number, or undefined where there is a fraction. */
export function integerOf({ unscaled, exponent }: Quantity): bigint | undefined {
  if (exponent >= 0) return unscaled * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}

/** The canonical text: no fraction, the largest suffix that keeps it exact. */
export function formatQuantity(quantity: Quantity): string {
  const whole = quantity.format === "BinarySI" ? integerOf(quantity) : undefined;
  if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) return formatBinary(whole);
  return formatDecimal(quantity, quantity.format === "DecimalExponent");
}

function formatBinary(whole: bigint): string {
  let mantissa = whole;
  let power = 0;
  while (power < 6 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    power++;
  }
  return `${mantissa}${["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power]}`;
}

function formatDecimal({ unscaled, exponent }: Quantity, asExponent: boolean): string {
  if (unscaled === 0n) return "0";
  let mantissa = unscaled;
  let power = exponent;
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    power++;
  }
  const limit = asExponent ? Number.POSITIVE_INFINITY : 18;
  while (power % 3 !== 0 || power > limit) {
    mantissa *= 10n;
    power--;
  }
  if (asExponent) return power === 0 ? `${mantissa}` : `${mantissa}e${power}`;
  const suffix = Object.keys(decimalSuffixes).find((name) => decimalSuffixes[name] === power) ?? "";
  return `${mantissa}${suffix}`;
}
