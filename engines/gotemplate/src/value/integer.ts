import type { GoType } from "./go-type.ts";

/** Go's integer types, by the name that `%T` prints. */
export type IntegerType =
  | "int"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "uintptr";

/** How many bits a Go integer type has on a 64-bit machine, and whether it has a sign. */
export const integerTypes: Readonly<Record<IntegerType, { bits: number; signed: boolean }>> = {
  int: { bits: 64, signed: true },
  int8: { bits: 8, signed: true },
  int16: { bits: 16, signed: true },
  int32: { bits: 32, signed: true },
  int64: { bits: 64, signed: true },
  uint: { bits: 64, signed: false },
  uint8: { bits: 8, signed: false },
  uint16: { bits: 16, signed: false },
  uint32: { bits: 32, signed: false },
  uint64: { bits: 64, signed: false },
  uintptr: { bits: 64, signed: false },
};

/**
 * A Go integer with its type. Immutable; made by {@link integer}, {@link int} or {@link int64}. A JavaScript number is always
 * a Go float64, because that is what YAML and JSON numbers become in Go; text that came from neither is an Integer.
 */
export class Integer {
  readonly type: IntegerType;
  readonly value: bigint;
  /** A named type over `type`, like time.Duration. */
  readonly named: GoType | undefined;

  constructor(type: IntegerType, value: bigint, named?: GoType) {
    this.type = type;
    this.value = value;
    this.named = named;
  }

  /** The value as a float64, rounded beyond 2^53. */
  toNumber(): number {
    return Number(this.value);
  }

  /** Decimal digits. */
  toString(): string {
    return this.value.toString();
  }

  /** For `JSON.stringify`; exact up to 2^53. Use `toPlain` and a writer that knows bigint where more may come. */
  toJSON(): number {
    return Number(this.value);
  }
}

/** An integer of a type; what does not fit wraps round, as a Go conversion does. A number is cut towards zero. */
export function integer(type: IntegerType, value: bigint | number): Integer {
  const { bits, signed } = integerTypes[type];
  const exact = typeof value === "bigint" ? value : BigInt(Math.trunc(value));
  return new Integer(type, signed ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact));
}

const smallest = -16;
const largest = 1024;
const smallInts: readonly Integer[] = makeSmall("int");
const smallInt64s: readonly Integer[] = makeSmall("int64");

function makeSmall(type: IntegerType): Integer[] {
  return Array.from({ length: largest - smallest + 1 }, (_, index) => new Integer(type, BigInt(index + smallest)));
}

/** A Go `int`: literals, `len`, sprig's `int`. */
export function int(value: bigint | number): Integer {
  return (value >= smallest && value <= largest && smallInts[Number(value) - smallest]) || integer("int", value);
}

/** A Go `int64`: sprig's arithmetic, `--set` values. */
export function int64(value: bigint | number): Integer {
  return (value >= smallest && value <= largest && smallInt64s[Number(value) - smallest]) || integer("int64", value);
}
