import { CallError } from "./call-error.ts";

/** A decimal number: `digits` times ten to the power of `exponent`. Source: shopspring/decimal 1.4. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const divisionPrecision = 16;

/**
 * The decimal with the fewest digits that is this float64.
 * @throws CallError for NaN and infinities
 */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) {
    const text = Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    throw new CallError(`Cannot create a Decimal from ${text}`);
  }
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** The float64 next to a decimal. */
export function floatOf({ digits, exponent }: Decimal): number {
  return digits === 0n ? 0 : Number(`${digits}e${exponent}`);
}

function align(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(left.exponent, right.exponent);
  const scale = (decimal: Decimal): bigint => decimal.digits * 10n ** BigInt(decimal.exponent - exponent);
  return [scale(left), scale(right), exponent];
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b, exponent] = align(left, right);
  return { digits: a + b, exponent };
}

export function subtractDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b, exponent] = align(left, right);
  return { digits: a - b, exponent };
}

export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  return { digits: left.digits * right.digits, exponent: left.exponent + right.exponent };
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/**
 * The quotient with 16 digits after the point, rounded half away from zero.
 * @throws CallError for a division by zero
 */
export function divideDecimals(left: Decimal, right: Decimal): Decimal {
  if (right.digits === 0n) throw new CallError("decimal division by 0");
  const shift = left.exponent - right.exponent + divisionPrecision;
  const dividend = shift < 0 ? left.digits : left.digits * 10n ** BigInt(shift);
  const divisor = shift < 0 ? right.digits * 10n ** BigInt(-shift) : right.digits;
  const quotient = dividend / divisor;
  const rest = magnitude(dividend % divisor) * 2n;
  const away = dividend < 0n === divisor < 0n ? 1n : -1n;
  return { digits: rest < magnitude(divisor) ? quotient : quotient + away, exponent: -divisionPrecision };
}
