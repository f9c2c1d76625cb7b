import { YamlError } from "./yaml-error.ts";

/** The most levels of nesting that can be asked for: go-yaml's own limit. */
const maxYamlDepth = 10_000;

/** Levels of nesting unless told otherwise, and of values and output always: those who read them do so by recursion. */
export const maxValueDepth = 1_000;

/** In what v2 and v3 of go-yaml read differently, and how they word an error. Lines and columns count from 0. */
export interface YamlDialect {
  file: string | undefined;
  comments: boolean;
  maxDepth: number;
  scanError(contextLine: number, problemLine: number, problem: string, column: number): YamlError;
  parseError(contextLine: number, problemLine: number, problem: string, column: number): YamlError;
}

/** Options of {@link yamlV2} and {@link yamlV3}. */
export interface YamlDialectOptions {
  file?: string | undefined;
  maxDepth?: number | undefined;
}

/** v3 names the line where the thing starts in which the problem is. */
export function yamlV3(options: YamlDialectOptions): YamlDialect {
  return dialect(options, true, (context, problem) => (context === 0 ? problem : context));
}

/** v2 names the line of the problem. */
export function yamlV2(options: YamlDialectOptions): YamlDialect {
  return dialect(options, false, (context, problem) => (problem === 0 ? context : problem));
}

function dialect(
  options: YamlDialectOptions,
  comments: boolean,
  lineOf: (context: number, problem: number) => number,
): YamlDialect {
  const { file } = options;
  const error = (line: number, problem: string, at: number, column: number): YamlError =>
    new YamlError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`, {
      file,
      line: at + 1,
      column: column + 1,
    });
  return {
    file,
    comments,
    maxDepth: Math.min(options.maxDepth ?? maxValueDepth, maxYamlDepth),
    scanError: (context, at, problem, column) => {
      const line = lineOf(context, at);
      return error(line === 0 ? 0 : line + 1, problem, at, column);
    },
    // go-yaml forgets here that its lines count from 0.
    parseError: (context, at, problem, column) => error(lineOf(context, at), problem, at, column),
  };
}
