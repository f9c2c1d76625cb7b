import { quoteGo } from "@eddy/core/go-text";

/** One thing that is wrong with a value, with what led to it. */
export interface Problem {
  /** Where in the value. */
  readonly at: readonly string[];
  readonly text: string;
  readonly causes: readonly Problem[];
  /** A `$ref` with one cause is not told of. */
  readonly isReference?: boolean;
  /** Several problems of one schema. */
  readonly isGroup?: boolean;
}

/** Problems in the words and indents of santhosh-tekuri/jsonschema v6, each line with a line feed before it. */
export function formatProblems(problems: readonly Problem[], indent = 1): string {
  return problems.map((problem) => formatProblem(problem, indent)).join("");
}

function formatProblem(problem: Problem, indent: number): string {
  const { at, text, causes, isReference } = problem;
  if (isReference === true && causes.length === 1) return formatProblems(causes, indent);
  const line = `\n${"  ".repeat(indent - 1)}- at ${quoteText(pointerOf(at))}: ${text}`;
  return line + formatProblems(causes, indent + 1);
}

/** `/a/b~1c`. */
export function pointerOf(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Text in single quotes. */
export function quoteText(text: string): string {
  return `'${quoteGo(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A number as English prints it: 70,000. */
export function formatCount(count: number | bigint): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 15 });
}
