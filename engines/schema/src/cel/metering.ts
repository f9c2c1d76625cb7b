import type { ASTNode, EvaluationError } from "@marcbachmann/cel-js";
import { costOfCall, costOfOperator, costOfResult } from "./call-costs.ts";
import { isComposite, isMap, weighType, type CostMeter } from "./cost-meter.ts";

/** A node as the engine makes it; what its published types leave out is what steps are counted by. */
interface Node {
  op: string;
  args: unknown;
  meta: { alternate?: Node; macro?: Evaluated; evaluate: Evaluate };
  left?: Node;
  handle?: Handle;
  evaluate: Evaluate;
}

type Evaluate = (evaluator: unknown, node: unknown, scope: unknown) => unknown;
type Handle = (first: unknown, second: unknown, third: unknown, fourth: unknown) => unknown;

interface Evaluated {
  evaluate: Evaluate;
}

interface Loop {
  iterable: Node;
  init: Node;
  step: Evaluated;
  condition?: (accumulated: unknown) => boolean;
}

interface Metering {
  meter: CostMeter;
  /** Steps of an error, which draws the place in the source where it happened. */
  error: number;
  fail(message: string): EvaluationError;
}

const binary = new Set(["==", "!=", "in", "+", "-", "*", "/", "%", "<", "<=", ">", ">="]);
const plain = new Set(["value", "id", ".", "?:", "list", "!_", "-_", "accuValue", "accuInc", "accuPush"]);

/**
 * Makes a checked expression count its steps: each node one, bodies of loops again for every turn, and calls and operators what
 * their values weigh. Returns how many the expression takes that are not in a loop, to be spent when it begins.
 * @throws Error for what it does not know: a newer engine must not evaluate anything uncounted.
 */
export function meterExpression(root: ASTNode, metering: Metering): number {
  return meterNode(root as unknown as Node, metering);
}

function meterNode(node: Node, metering: Metering): number {
  const { alternate, macro } = node.meta;
  if (alternate !== undefined) return meterNode(alternate, metering);
  if (macro === undefined && node.op === "comprehension") return meterLoop(node, node.args as Loop, metering);
  let steps = 1;
  // No closures: a condition of a thousand alternatives is a thousand calls deep.
  for (const child of childrenOf(node)) steps += meterNode(child, metering);
  if (macro !== undefined) return steps;
  if (node.op === "map") return steps + meterKeys(node, metering);
  if (node.op === "||" || node.op === "&&") meterLogic(node, metering);
  else if (node.op === "call" || node.op === "rcall") meterCall(node, (node.args as [string])[0], metering);
  else if (node.op === "[]" || node.op === "[?]" || node.op === ".?") meterAccess(node, metering);
  else if (binary.has(node.op)) meterOperator(node, metering);
  else if (!plain.has(node.op)) throw new Error(`the cost of ${JSON.stringify(node.op)} is not known`);
  return steps;
}

function meterLogic(node: Node, metering: Metering): void {
  const left = (node.args as Node[])[0] as Node;
  left.evaluate = countErrors(evaluateOf(left), metering);
}

function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null && "op" in value && "meta" in value) found.push(value as Node);
  };
  visit(node.args);
  return found;
}

/** What the engine evaluates a node by; it looks this up at the first evaluation, and then keeps it in `evaluate`. */
function evaluateOf(node: Node): Evaluate {
  const { alternate, macro, evaluate } = node.meta;
  if (Object.hasOwn(node, "evaluate")) return node.evaluate;
  if (alternate !== undefined) {
    const inner = evaluateOf(alternate);
    return (evaluator, _node, scope) => inner(evaluator, alternate, scope);
  }
  if (macro !== undefined) return (evaluator, _node, scope) => macro.evaluate(evaluator, macro, scope);
  return evaluate;
}

function handleOf(node: Node): Handle {
  if (node.handle === undefined) throw new Error(`the cost of ${JSON.stringify(node.op)} cannot be counted`);
  return node.handle;
}

/** Errors of one turn of a loop, or of one side of `||`, are caught: making them costs all the same. */
function countErrors(inner: Evaluate, { meter, error }: Metering): Evaluate {
  return (evaluator, node, scope) => {
    try {
      return inner(evaluator, node, scope);
    } catch (cause) {
      meter.spend(error);
      throw cause;
    }
  };
}

function meterLoop(node: Node, loop: Loop, metering: Metering): number {
  const { meter } = metering;
  const step = loop.step as Node;
  const turn = 1 + meterNode(step, metering);
  const evaluate = countErrors(evaluateOf(step), metering);
  loop.step = { evaluate: (evaluator, _node, scope) => evaluate(evaluator, step, scope) };
  const goesOn = loop.condition;
  // Asked before every turn and, unlike the turn itself, not guarded: once steps are used up all loops end.
  loop.condition = (accumulated) => {
    meter.spend(turn);
    return goesOn === undefined || goesOn(accumulated);
  };
  const inner = handleOf(node);
  node.handle = (items, args, evaluator, scope) => {
    if (isMap(items)) meter.spend(weighType(items));
    return inner(items, args, evaluator, scope);
  };
  return 1 + meterNode(loop.iterable, metering) + meterNode(loop.init, metering);
}

function meterCall(node: Node, name: string, { meter }: Metering): void {
  const inner = handleOf(node);
  node.handle = (values, second, third, fourth) => {
    meter.spend(costOfCall(meter, name, values as unknown[]));
    const result = inner(values, second, third, fourth);
    meter.spend(costOfResult(name, result));
    return result;
  };
}

function meterOperator(node: Node, { meter, fail }: Metering): void {
  const { op } = node;
  const inner = handleOf(node);
  node.handle = (left, right, third, fourth) => {
    meter.spend(costOfOperator(meter, op, left, right));
    if (op === "in" && isMap(right)) {
      if (isComposite(left)) throw fail("unsupported key type");
      // Not by way of the engine, which lists all keys to learn the map's type.
      if (typeof left === "string") return Object.hasOwn(right, left) && right[left] !== undefined;
    }
    return inner(left, right, third, fourth);
  };
}

function meterAccess(node: Node, { meter, error, fail }: Metering): void {
  const inner = handleOf(node);
  const isOptional = node.op !== "[]";
  node.handle = (value, key, third, fourth) => {
    if (isComposite(key)) throw fail("unsupported key type");
    const result = inner(value, key, third, fourth);
    // The engine makes an error of an index that a list has not, and catches it.
    if (isOptional && !isMap(value) && !(result as { hasValue(): boolean }).hasValue()) meter.spend(error);
    return result;
  };
}

/** Keys become texts: of what is no key, a text of any length. Returns what the entries cost more than their nodes. */
function meterKeys(node: Node, { fail }: Metering): number {
  const entries = node.args as [Node, Node][];
  for (const [key] of entries) {
    const inner = evaluateOf(key);
    key.evaluate = (evaluator, self, scope) => {
      const value = inner(evaluator, self, scope);
      if (isComposite(value)) throw fail("unsupported key type");
      return value;
    };
  }
  return entries.length * 2;
}
