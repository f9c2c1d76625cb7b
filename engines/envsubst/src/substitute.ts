import { applyOperator, isDefaultOperator } from "./apply-operator.ts";
import { parseTemplate } from "./parse-template.ts";
import { SubstitutionBudget } from "./substitution-budget.ts";
import { SubstitutionError } from "./substitution-error.ts";
import { lineAt, type Reference, type TemplatePart } from "./template.ts";

/** Options of {@link substitute}. */
export interface SubstituteOptions {
  /** Refuse references to variables that are not set, except those with a default; otherwise they are empty. */
  strict: boolean;
  /** Named in the position of an error. */
  file?: string;
  /** Characters of the result; 16 Mi unless given. */
  maxLength?: number;
  /** Shared by the texts of one caller; one of its own unless given. */
  budget?: SubstitutionBudget;
}

/** The value of a variable; undefined if it is not set. */
export type VariableLookup = (name: string) => string | undefined;

const variableName = /^[_A-Za-z][_A-Za-z0-9]*$/;

/**
 * Replaces `${name}` and its operators in a text, as Flux does after a build (fluxcd/pkg/envsubst 1.9.0): defaults
 * (`:-`, `:=`, `=`; also `:+` and `:?`, which mean the same here), length, case, substrings, trimming by pattern,
 * replacing, nested references. `$$` is `$`; `$name` stays.
 * @throws SubstitutionError with upstream's words and the line (from 1) of the reference
 */
export function substitute(text: string, lookup: VariableLookup, options: SubstituteOptions): string {
  try {
    return new Substitution(text, lookup, options).run();
  } catch (error) {
    if (!(error instanceof SubstitutionError) || options.file === undefined) throw error;
    throw new SubstitutionError(error.message, { position: { ...error.position, file: options.file } });
  }
}

/** @throws SubstitutionError for a name that Flux refuses */
export function validateVariableName(name: string): void {
  if (variableName.test(name)) return;
  const wanted = "^[_[:alpha:]][_[:alpha:][:digit:]]*$";
  throw new SubstitutionError(`'${name}' var name is invalid, must match '${wanted}'`);
}

class Substitution {
  private readonly text: string;
  private readonly lookup: VariableLookup;
  private readonly options: SubstituteOptions;
  private readonly budget: SubstitutionBudget;

  constructor(text: string, lookup: VariableLookup, options: SubstituteOptions) {
    this.text = text;
    this.lookup = lookup;
    this.options = options;
    this.budget = options.budget ?? new SubstitutionBudget();
  }

  run(): string {
    const { maxLength = 16 * 1024 * 1024 } = this.options;
    let result = "";
    for (const part of parseTemplate(this.text)) {
      result += this.evaluate(part);
      if (result.length > maxLength) throw new SubstitutionError(`substitute: want at most ${maxLength} characters`);
    }
    return result;
  }

  private evaluate(part: TemplatePart): string {
    return typeof part === "string" ? part : this.resolve(part);
  }

  private resolve(reference: Reference): string {
    const args = reference.args.map((part) => this.evaluate(part));
    const value = this.lookup(reference.name);
    if (value === undefined && this.options.strict && !isDefaultOperator(reference.operator)) {
      throw this.error(`variable not set (strict mode): "${reference.name}"`, reference);
    }
    try {
      // Before they are joined: they may be longer than a text can be.
      for (const { length } of args) this.budget.spendCharacters(length);
      const result = applyOperator(reference.operator, value ?? "", args, this.budget);
      this.budget.spendCharacters(result.length);
      return result;
    } catch (error) {
      throw error instanceof SubstitutionError ? this.error(error.message, reference) : error;
    }
  }

  private error(message: string, reference: Reference): SubstitutionError {
    return new SubstitutionError(message, { position: { line: lineAt(this.text, reference.index) } });
  }
}
