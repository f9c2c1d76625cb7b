/** Options of `compileCel`. */
export interface CompileCelOptions {
  /**
   * Names of variables, each of any type: whole numbers of plain JSON are integers, others doubles. With `any`, every name that
   * the expression uses is a variable; it is an error at run time to read one that is not given.
   */
  variables: readonly string[] | "any";
  /** Expected type of the result, checked at run time; what is known of it earlier is the program's `type`. */
  result?: "bool" | "string" | "any";
}

/** A compiled expression; keep it, compiling costs a hundred times what running does. */
export interface CelProgram {
  readonly expression: string;
  /** The result's type as cel-go names it, like `list(int)`; `dyn` where only running it tells. */
  readonly type: string;
  /**
   * Runs with these variables, as plain JSON.
   * @throws EddyError CEL_FAILED (retry) where evaluation fails or the result has another type; the message is CEL's.
   */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}
