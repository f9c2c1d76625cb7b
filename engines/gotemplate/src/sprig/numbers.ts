import { type CallContext, type FunctionTable, goFunction } from "../function.ts";
import type { GoValue } from "../value/go-value.ts";
import { int, int64, type Integer } from "../value/integer.ts";
import { CallError } from "./call-error.ts";
import { parseDigits, toFloat64, toInt, toInt64 } from "./cast.ts";
import {
  addDecimals,
  type Decimal,
  decimalOf,
  divideDecimals,
  floatOf,
  multiplyDecimals,
  subtractDecimals,
} from "./decimal.ts";
import { show } from "./show.ts";

function exact(value: GoValue): bigint {
  return toInt64(value).value;
}

function divisor(value: GoValue): bigint {
  const number = exact(value);
  if (number === 0n) throw new CallError("runtime error: integer divide by zero");
  return number;
}

type DecimalOperation = (left: Decimal, right: Decimal) => Decimal;

function foldDecimals(first: GoValue, rest: readonly GoValue[], operation: DecimalOperation): number {
  let result = decimalOf(toFloat64(first));
  for (const value of rest) result = operation(result, decimalOf(toFloat64(value)));
  return floatOf(result);
}

/** Like Math.max, but an infinity beats NaN. Source: Go's math.Max and math.Min. */
function extreme(left: number, right: number, sign: 1 | -1): number {
  const infinity = sign * Number.POSITIVE_INFINITY;
  if (left === infinity || right === infinity) return infinity;
  return sign > 0 ? Math.max(left, right) : Math.min(left, right);
}

function pick(first: GoValue, rest: readonly GoValue[], isBetter: (one: bigint, other: bigint) => boolean): Integer {
  let best = exact(first);
  for (const value of rest) if (isBetter(exact(value), best)) best = exact(value);
  return int64(best);
}

/** Ten to a whole power by squaring, whose rounding differs from JavaScript's `**`. Source: Go's math.Pow. */
function powerOfTen(places: number): number {
  let result = 1;
  let factor = 10;
  for (let left = Math.abs(places); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= factor;
    factor *= factor;
  }
  return places < 0 ? 1 / result : result;
}

function round(value: number, places: number, roundOn: number): number {
  const power = powerOfTen(places);
  const scaled = power * value;
  const fraction = Number.isFinite(scaled) ? scaled % 1 : Number.NaN;
  return (fraction >= roundOn ? Math.ceil(scaled) : Math.floor(scaled)) / power;
}

/** Numbers from `start` until before `stop`; none if the step leads away. */
function steps(context: CallContext, start: number, stop: number, step: number): number[] {
  if (stop < start ? step >= 0 : step <= 0) return [];
  const count = Math.ceil((stop - start) / step);
  context.charge(count);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function integers(numbers: readonly number[]): Integer[] {
  return numbers.map((number) => int(number));
}

function sequence(context: CallContext, params: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = params;
  const towards = (start: number, end: number): number => (end < start ? -1 : 1);
  switch (params.length) {
    case 1:
      return steps(context, 1, first + towards(1, first), towards(1, first)).join(" ");
    case 2:
      return steps(context, first, second + towards(first, second), towards(first, second)).join(" ");
    case 3:
      if (third < first && second > 0) return "";
      return steps(context, first, third + towards(first, third), second).join(" ");
    default:
      return "";
  }
}

const max = goFunction(["any", "...any"], "int64", (_, first, ...rest) => pick(first, rest, (a, b) => a > b));

/** Arithmetic: on int64 whatever is given, or on float64 through decimals. */
export const numberFunctions: FunctionTable = {
  int: goFunction(["any"], "int", (_, value) => toInt(value)),
  int64: goFunction(["any"], "int64", (_, value) => toInt64(value)),
  float64: goFunction(["any"], "float64", (_, value) => toFloat64(value)),
  atoi: goFunction(["string"], "int", (_, text) => int(parseDigits(text, 10) ?? atoiLimit(text))),
  toDecimal: goFunction(["any"], "int64", (_, value) => int64(parseDigits(show(value), 8) ?? 0n)),
  add1: goFunction(["any"], "int64", (_, value) => int64(exact(value) + 1n)),
  add: goFunction(["...any"], "int64", (_, ...values) =>
    int64(values.reduce<bigint>((sum, value) => sum + exact(value), 0n)),
  ),
  sub: goFunction(["any", "any"], "int64", (_, left, right) => int64(exact(left) - exact(right))),
  div: goFunction(["any", "any"], "int64", (_, left, right) => int64(exact(left) / divisor(right))),
  mod: goFunction(["any", "any"], "int64", (_, left, right) => int64(exact(left) % divisor(right))),
  mul: goFunction(["any", "...any"], "int64", (_, first, ...rest) =>
    int64(rest.reduce<bigint>((product, value) => BigInt.asIntN(64, product * exact(value)), exact(first))),
  ),
  add1f: goFunction(["any"], "float64", (_, value) => foldDecimals(value, [1], addDecimals)),
  addf: goFunction(["...any"], "float64", (_, ...values) => foldDecimals(0, values, addDecimals)),
  subf: goFunction(["any", "...any"], "float64", (_, first, ...rest) => foldDecimals(first, rest, subtractDecimals)),
  divf: goFunction(["any", "...any"], "float64", (_, first, ...rest) => foldDecimals(first, rest, divideDecimals)),
  mulf: goFunction(["any", "...any"], "float64", (_, first, ...rest) => foldDecimals(first, rest, multiplyDecimals)),
  max,
  biggest: max,
  min: goFunction(["any", "...any"], "int64", (_, first, ...rest) => pick(first, rest, (a, b) => a < b)),
  maxf: goFunction(["any", "...any"], "float64", (_, first, ...rest) =>
    rest.reduce<number>((best, value) => extreme(best, toFloat64(value), 1), toFloat64(first)),
  ),
  minf: goFunction(["any", "...any"], "float64", (_, first, ...rest) =>
    rest.reduce<number>((best, value) => extreme(best, toFloat64(value), -1), toFloat64(first)),
  ),
  ceil: goFunction(["any"], "float64", (_, value) => Math.ceil(toFloat64(value))),
  floor: goFunction(["any"], "float64", (_, value) => Math.floor(toFloat64(value))),
  round: goFunction(["any", "int", "...float64"], "float64", (_, value, places, ...roundOn) =>
    round(toFloat64(value), places.toNumber(), roundOn[0] ?? 0.5),
  ),
  seq: goFunction(["...int"], "string", (context, ...params) =>
    sequence(
      context,
      params.map((param) => param.toNumber()),
    ),
  ),
  until: goFunction(["int"], "[]int", (context, count) =>
    integers(steps(context, 0, count.toNumber(), count.toNumber() < 0 ? -1 : 1)),
  ),
  untilStep: goFunction(["int", "int", "int"], "[]int", (context, start, stop, step) =>
    integers(steps(context, start.toNumber(), stop.toNumber(), step.toNumber())),
  ),
};

/** Digits beyond 64 bits are not refused by Go's Atoi but cut to the nearest end, because sprig drops the error. */
function atoiLimit(text: string): bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0n;
  return text.startsWith("-") ? -(2n ** 63n) : 2n ** 63n - 1n;
}
