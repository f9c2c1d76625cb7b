/**
 * Post-build variable substitution as Flux does it: `${name}` and its operators in the text of a manifest.
 *
 * Not a template language, and no reader of ConfigMaps and Secrets: the caller looks variables up. Entry points:
 * {@link substitute}, {@link validateVariableName}.
 */
export { substitute, type SubstituteOptions, validateVariableName, type VariableLookup } from "./substitute.ts";
export { SubstitutionBudget } from "./substitution-budget.ts";
export { SubstitutionError, type SubstitutionErrorOptions } from "./substitution-error.ts";
