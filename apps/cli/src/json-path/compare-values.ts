import type { Json } from "@eddy/core/json";

/** A number that stands in the template, and not in the document. */
export class LiteralNumber {
  readonly value: number;
  readonly isInteger: boolean;

  constructor(value: number, isInteger: boolean) {
    this.value = value;
    this.isInteger = isInteger;
  }
}

/** What a filter may compare. */
export type Comparable = Json | LiteralNumber;

/** Numbers of a document are Go's float64: they compare with `80.0`, and not with `80`. */
function kindOf(value: Comparable): "bool" | "int" | "float" | "string" | undefined {
  if (value instanceof LiteralNumber) return value.isInteger ? "int" : "float";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "float";
  return typeof value === "string" ? "string" : undefined;
}

/** @throws Error in the words of Go's templates, for kinds that do not compare and for an operator that there is not. */
export function compareValues(left: Comparable, operator: string, right: Comparable): boolean {
  const [kind, other] = [kindOf(left), kindOf(right)];
  if (!operators.has(operator)) throw new Error(`unrecognized filter operator ${operator}`);
  if (kind === undefined || other === undefined) throw new Error("invalid type for comparison");
  if (kind !== other) throw new Error("incompatible types for comparison");
  const order = orderOf(left, right);
  if (operator === "==") return order === 0;
  if (operator === "!=") return order !== 0;
  if (kind === "bool") throw new Error("invalid type for comparison");
  if (operator === "<") return order < 0;
  if (operator === ">") return order > 0;
  return operator === "<=" ? order <= 0 : order >= 0;
}

const operators: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);

function orderOf(left: Comparable, right: Comparable): number {
  const [first, second] = [left, right].map((value) => (value instanceof LiteralNumber ? value.value : value));
  if (typeof first === "number" && typeof second === "number") return first - second;
  const [one, other] = [Buffer.from(String(left)), Buffer.from(String(right))];
  return Buffer.compare(one, other);
}
