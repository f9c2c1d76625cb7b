import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  integerOf,
  negateQuantity,
  parseQuantity,
  type Quantity,
} from "@eddy/core/quantity";
import type { LibraryContext } from "./engine.ts";

/** A quantity in an expression. */
class CelQuantity {
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    this.quantity = quantity;
  }

  toString(): string {
    return formatQuantity(this.quantity);
  }
}

/** Kubernetes' quantity library. */
export function registerQuantities({ env, fail }: LibraryContext): void {
  env.registerType("Quantity", CelQuantity);
  env.registerFunction("quantity(string): Quantity", (text: string) => {
    const quantity = parseQuantity(text);
    if (quantity === undefined)
      throw fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    return new CelQuantity(quantity);
  });
  env.registerFunction("isQuantity(string): bool", (text: string) => parseQuantity(text) !== undefined);
  const compare = (left: CelQuantity, right: CelQuantity): number => compareQuantity(left.quantity, right.quantity);
  env.registerFunction("Quantity.compareTo(Quantity): int", (left: CelQuantity, right: CelQuantity) =>
    BigInt(compare(left, right)),
  );
  env.registerFunction(
    "Quantity.isLessThan(Quantity): bool",
    (left: CelQuantity, right: CelQuantity) => compare(left, right) < 0,
  );
  env.registerFunction(
    "Quantity.isGreaterThan(Quantity): bool",
    (left: CelQuantity, right: CelQuantity) => compare(left, right) > 0,
  );
  env.registerOperator("Quantity == Quantity", (left: CelQuantity, right: CelQuantity) => compare(left, right) === 0);
  env.registerFunction("Quantity.sign(): int", ({ quantity }: CelQuantity) => {
    return quantity.unscaled === 0n ? 0n : quantity.unscaled < 0n ? -1n : 1n;
  });
  env.registerFunction("Quantity.isInteger(): bool", ({ quantity }: CelQuantity) => integerOf(quantity) !== undefined);
  env.registerFunction("Quantity.asInteger(): int", ({ quantity }: CelQuantity) => {
    const whole = integerOf(quantity);
    if (whole === undefined) throw fail("cannot convert value to integer");
    return whole;
  });
  env.registerFunction("Quantity.asApproximateFloat(): double", ({ quantity }: CelQuantity) =>
    Number(`${quantity.unscaled}e${quantity.exponent}`),
  );
  const whole = (value: bigint): CelQuantity => new CelQuantity({ unscaled: value, exponent: 0, format: "DecimalSI" });
  const add = (left: CelQuantity, right: CelQuantity): CelQuantity =>
    new CelQuantity(addQuantity(left.quantity, right.quantity));
  const negate = ({ quantity }: CelQuantity): CelQuantity => new CelQuantity(negateQuantity(quantity));
  env.registerFunction("Quantity.add(Quantity): Quantity", add);
  env.registerFunction("Quantity.add(int): Quantity", (left: CelQuantity, right: bigint) => add(left, whole(right)));
  env.registerFunction("Quantity.sub(Quantity): Quantity", (left: CelQuantity, right: CelQuantity) =>
    add(left, negate(right)),
  );
  env.registerFunction("Quantity.sub(int): Quantity", (left: CelQuantity, right: bigint) => add(left, whole(-right)));
}
