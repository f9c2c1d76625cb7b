/** Options of `compileCel`. */
export interface CompileCelOptions {
  /**
   * Names of variables, each of any type. Integers of plain JSON are integers in expressions, other numbers doubles.
   * With `"rest"` every name that the expression uses and nothing declares is a variable that may be missing.
   */
  variables: readonly string[];
  /** Expected type of the result: `bool` is checked at compile time as far as types are known, and at run time. */
  result?: "bool" | "string" | "any";
}

/** A compiled expression; keep it, compiling costs a hundred times what running does. */
export interface CelProgram {
  readonly expression: string;
  /**
   * Runs with these variables, as plain JSON.
   * @throws EddyError CEL_FAILED (retry) where evaluation fails or the result has another type; the message is CEL's.
   */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}
