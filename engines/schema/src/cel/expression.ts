import type { ASTNode } from "@marcbachmann/cel-js";
import { costExceeded, maxExpressionLength } from "./cost.ts";
import type { CelModule, Engine } from "./engine.ts";
import { meterExpression } from "./metering.ts";

/** An expression that parses and whose types agree, as far as they are known. */
export interface Expression {
  /** Evaluates within so many steps; what takes more has the problem {@link costExceeded}. */
  run(variables: Record<string, unknown>, maxCost: number): Evaluation;
  /** The result's type as far as it is known, like `list<int>`; `dyn` is any. */
  type: string;
  /** Names of variables it uses. */
  uses: ReadonlySet<string>;
}

/** What came of an evaluation, and the steps it took. */
export type Evaluation = { cost: number } & ({ result: unknown } | { problem: string });

/** The engine's summary of what is wrong, without the drawing of the source. */
export function summaryOf(cel: CelModule, error: unknown): string {
  if (error instanceof cel.ParseError || error instanceof cel.TypeError || error instanceof cel.EvaluationError) {
    const summary = (error as { summary?: string }).summary ?? error.message.split("\n")[0] ?? error.message;
    return summary.replace(/^No such key/, "no such key");
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Compiles one expression with these variables, all of any type; `optionals` of them may hold nothing.
 * @throws the engine's ParseError or TypeError; read it with {@link summaryOf}.
 */
export function compileExpression(
  { base, cel, meter, fail }: Engine,
  source: string,
  variables: readonly string[] | "any",
  optionals: readonly string[] = [],
): Expression {
  if (source.length > maxExpressionLength) {
    const size = `size: ${source.length}, limit ${maxExpressionLength}`;
    throw new cel.ParseError(`expression code point size exceeds limit: ${size}`);
  }
  const env = base.clone();
  const program = env.parse(source);
  const { free, nodes } = namesOf(program.ast);
  for (const node of nodes) prepare(node, cel);
  for (const name of optionals) env.registerVariable(name, "optional<dyn>");
  for (const name of variables === "any" ? free : variables) {
    if (!env.hasVariable(name)) env.registerVariable(name, "dyn");
  }
  const checked = program.check();
  if (!checked.valid && checked.error !== undefined) throw checked.error;
  const error = errorCost + Math.ceil(source.length / 20);
  const unlooped = meterExpression(program.ast, { meter, error, fail });
  const run = (values: Record<string, unknown>, maxCost: number): Evaluation => {
    const evaluation = attempt(cel, () => {
      meter.start(maxCost);
      meter.spend(unlooped);
      return program(values);
    });
    return { cost: meter.spent, ...(meter.isExceeded ? { problem: costExceeded } : evaluation) };
  };
  return { run, type: checked.type ?? "dyn", uses: free };
}

/** Steps of an error: the engine makes a stack trace of it. */
const errorCost = 200;

function attempt(cel: CelModule, evaluate: () => unknown): { result: unknown } | { problem: string } {
  try {
    return { result: evaluate() };
  } catch (error) {
    return { problem: summaryOf(cel, error) };
  }
}

/** What the engine's published types leave out. */
interface Checkable {
  args: unknown;
  meta: { check: Check };
  setMeta(key: "check", value: Check): void;
}

type Check = (checker: Checker, node: ASTNode, scope: unknown) => unknown;

interface Checker {
  check(node: ASTNode, scope: unknown): { kind: string; name: string };
}

const maxInteger = 2n ** 63n;

/** Mends before it is checked what would take unbounded time to check or to evaluate. */
function prepare(node: ASTNode, cel: CelModule): void {
  const open = node as unknown as Checkable;
  // The engine's own `matches` runs JavaScript expressions, which a pattern can keep busy for ever: this one is RE2's.
  if (node.op === "rcall" && node.args[0] === "matches") (open.args as unknown[])[0] = "re2Matches";
  // One more than the largest, for the smallest is written as its negation.
  if (node.op === "value" && typeof node.args === "bigint" && node.args > maxInteger)
    throw new cel.ParseError("invalid int literal", node);
  if (node.op === "map") {
    const check = open.meta.check;
    open.setMeta("check", (checker, self, scope) => {
      for (const [key] of node.args) {
        const type = checker.check(key, scope);
        // The type of a map whose keys are maps is twice as long as theirs, and so on.
        if (["list", "map", "optional"].includes(type.kind))
          throw new cel.TypeError(`unsupported key type: ${type.name}`, key);
      }
      return check(checker, self, scope);
    });
  }
}

/** Names that are never variables: types, and what library functions hang on. */
const builtIn = new Set(
  "int uint double bool string bytes list map null_type dyn google sets lists base64 optional cel".split(" "),
);

interface Names {
  free: ReadonlySet<string>;
  /** Every node as it was written. */
  nodes: readonly ASTNode[];
}

const comprehensions = new Set(["all", "exists", "exists_one", "map", "filter", "existsOne"]);

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const visit = (value: unknown): void => {
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) for (const item of value) visit(item);
  };
  visit(node.args);
  return found;
}

function namesOf(root: ASTNode): Names {
  const free = new Set<string>();
  const nodes: ASTNode[] = [];
  const visit = (node: ASTNode, bound: ReadonlySet<string>): void => {
    nodes.push(node);
    if (node.op === "id") {
      if (!bound.has(node.args) && !builtIn.has(node.args)) free.add(node.args);
      return;
    }
    const variable = boundBy(node);
    if (variable === undefined) return childrenOf(node).forEach((child) => visit(child, bound));
    const [, receiver, args] = (node as ASTNode & { op: "rcall" }).args;
    visit(receiver, bound);
    for (const arg of args.slice(1)) visit(arg, new Set([...bound, variable]));
  };
  visit(root, new Set());
  return { free, nodes };
}

/** The variable that a macro call binds for its later arguments. */
function boundBy(node: ASTNode): string | undefined {
  if (node.op !== "rcall") return undefined;
  const [name, , args] = node.args;
  const binds = comprehensions.has(name) || name === "optMap" || name === "optFlatMap" || name === "bind";
  const first = args[0];
  return binds && args.length >= 2 && first?.op === "id" ? first.args : undefined;
}
