import type { ASTNode } from "@marcbachmann/cel-js";
import type { CelModule, Engine } from "./engine.ts";

/** An expression that parses and whose types agree, as far as they are known. */
export interface Expression {
  run(variables: Record<string, unknown>): unknown;
  /** Names of variables it uses. */
  uses: ReadonlySet<string>;
  /** How many steps one run may take on collections of at most this size. */
  cost(largest: number): number;
}

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
  { base }: Engine,
  source: string,
  variables: readonly string[] | "any",
  optionals: readonly string[] = [],
): Expression {
  const first = base.clone().parse(source);
  const names = namesOf(first.ast);
  const env = base.clone();
  for (const name of optionals) env.registerVariable(name, "optional<dyn>");
  for (const name of variables === "any" ? names.free : variables) {
    if (!env.hasVariable(name)) env.registerVariable(name, "dyn");
  }
  const program = env.parse(rewriteCalls(source, first.ast));
  const checked = program.check();
  if (!checked.valid && checked.error !== undefined) throw checked.error;
  const { nodes, loops } = names;
  return {
    run: (values) => program(values),
    uses: names.free,
    cost: (largest) => nodes * Math.max(1, largest) ** loops,
  };
}

/** Names that are never variables: types, and what library functions hang on. */
const builtIn = new Set(
  "int uint double bool string bytes list map null_type dyn google sets lists base64 optional cel".split(" "),
);

interface Names {
  free: ReadonlySet<string>;
  nodes: number;
  /** How deep comprehensions nest. */
  loops: number;
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
  let nodes = 0;
  let deepest = 0;
  const visit = (node: ASTNode, bound: ReadonlySet<string>, loops: number): void => {
    nodes++;
    deepest = Math.max(deepest, loops);
    if (node.op === "id") {
      if (!bound.has(node.args) && !builtIn.has(node.args)) free.add(node.args);
      return;
    }
    const variable = boundBy(node);
    if (variable === undefined) return childrenOf(node).forEach((child) => visit(child, bound, loops));
    const [name, receiver, args] = (node as ASTNode & { op: "rcall" }).args;
    const isLoop = comprehensions.has(name);
    visit(receiver, bound, loops);
    for (const arg of args.slice(1)) visit(arg, new Set([...bound, variable]), isLoop ? loops + 1 : loops);
  };
  visit(root, new Set(), 0);
  return { free, nodes, loops: deepest };
}

/** The variable that a macro call binds for its later arguments. */
function boundBy(node: ASTNode): string | undefined {
  if (node.op !== "rcall") return undefined;
  const [name, , args] = node.args;
  const binds = comprehensions.has(name) || name === "optMap" || name === "optFlatMap" || name === "bind";
  const first = args[0];
  return binds && args.length >= 2 && first?.op === "id" ? first.args : undefined;
}

/** Sends `matches` to RE2: the engine's own runs JavaScript expressions, which a pattern can keep busy for ever. */
function rewriteCalls(source: string, root: ASTNode): string {
  const places: number[] = [];
  const visit = (node: ASTNode): void => {
    if (node.op === "rcall" && node.args[0] === "matches") {
      const place = source.indexOf("matches", Math.max(node.args[1].end, source.indexOf(".", node.args[1].end)));
      if (place >= 0) places.push(place);
    }
    childrenOf(node).forEach(visit);
  };
  visit(root);
  let result = source;
  for (const place of places.sort((left, right) => right - left)) {
    result = `${result.slice(0, place)}re2Matches${result.slice(place + "matches".length)}`;
  }
  return result;
}
